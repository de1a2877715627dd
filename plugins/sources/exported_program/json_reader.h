// JSON read once from front to back, with errors that say where they are.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_JSON_READER_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_JSON_READER_H_

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace strata::exported_program {

using JsonValue = simdjson::ondemand::value;

// One document. What is not looked at is passed over, at any depth, and takes
// no memory. Errors (kDataLoss) name the field: "graph.nodes[3].target:
// expected a string, found a number".
class JsonReader {
 public:
  JsonReader() = default;
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  // Begins. `text` must outlive the reader and be followed by kPadding bytes
  // that may be read, whatever is in them.
  static constexpr size_t kPadding = simdjson::SIMDJSON_PADDING;
  absl::Status Open(absl::string_view text);

  // Calls visit(key, value) for each field of the document. A key, as each text
  // that this class gives, lives as long as the reader.
  template <typename Visit>
  absl::Status VisitDocument(Visit visit) {
    absl::Status visited = VisitFields(document_, visit);
    if (visited.ok() && HasMore()) {
      return Error("something follows after its end");
    }
    return visited;
  }
  template <typename Visit>
  absl::Status VisitObject(JsonValue value, Visit visit) {
    return VisitFields(value, visit);
  }
  // Calls visit(value) for each element of a list.
  template <typename Visit>
  absl::Status VisitList(JsonValue value, Visit visit);
  // Calls visit(kind, value) for the one field of a union: {"as_int": 2}.
  template <typename Visit>
  absl::Status VisitUnion(JsonValue value, Visit visit);

  absl::StatusOr<absl::string_view> String(JsonValue value);
  absl::StatusOr<int64_t> Integer(JsonValue value);
  absl::StatusOr<bool> Bool(JsonValue value);
  // Infinities and NaN are texts in these files.
  absl::StatusOr<double> Number(JsonValue value);
  bool IsNull(JsonValue& value);

  // An error at the field that is being visited.
  absl::Status Error(absl::string_view why) const;
  absl::Status Missing(absl::string_view field) const;

 private:
  // A field's key, or an element of a list.
  struct Step {
    absl::string_view key;
    size_t index = 0;
  };

  template <typename Value, typename Visit>
  absl::Status VisitFields(Value& value, Visit visit);

  // Whether something follows after the document.
  bool HasMore();
  absl::Status Wrong(simdjson::error_code error, absl::string_view expected,
                     JsonValue* value) const;

  simdjson::ondemand::parser parser_;
  simdjson::ondemand::document document_;
  std::vector<Step> path_;
};

template <typename Value, typename Visit>
absl::Status JsonReader::VisitFields(Value& value, Visit visit) {
  simdjson::ondemand::object object;
  simdjson::error_code error = value.get_object().get(object);
  if (error) return Wrong(error, "an object", nullptr);
  for (simdjson::simdjson_result<simdjson::ondemand::field> field : object) {
    std::string_view key;
    JsonValue inner;
    error = field.unescaped_key().get(key);
    if (!error) error = field.value().get(inner);
    if (error) return Wrong(error, "a field", nullptr);
    path_.push_back({absl::string_view(key.data(), key.size())});
    absl::Status visited = visit(path_.back().key, inner);
    if (!visited.ok()) return visited;
    path_.pop_back();
  }
  return absl::OkStatus();
}

template <typename Visit>
absl::Status JsonReader::VisitList(JsonValue value, Visit visit) {
  simdjson::ondemand::array array;
  simdjson::error_code error = value.get_array().get(array);
  if (error) return Wrong(error, "a list", &value);
  size_t index = 0;
  for (simdjson::simdjson_result<JsonValue> element : array) {
    JsonValue inner;
    error = element.get(inner);
    if (error) return Wrong(error, "an element", nullptr);
    path_.push_back({absl::string_view(), index++});
    absl::Status visited = visit(inner);
    if (!visited.ok()) return visited;
    path_.pop_back();
  }
  return absl::OkStatus();
}

template <typename Visit>
absl::Status JsonReader::VisitUnion(JsonValue value, Visit visit) {
  int fields = 0;
  absl::Status visited =
      VisitFields(value, [&](absl::string_view kind, JsonValue inner) {
        if (++fields > 1) return Error("a second field in a union");
        return visit(kind, inner);
      });
  if (visited.ok() && fields == 0) return Error("an empty union");
  return visited;
}

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_JSON_READER_H_
