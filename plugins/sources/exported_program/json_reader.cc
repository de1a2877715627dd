#include "plugins/sources/exported_program/json_reader.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "core/printable.h"

namespace strata::exported_program {
namespace {

absl::string_view TypeName(simdjson::ondemand::json_type type) {
  switch (type) {
    case simdjson::ondemand::json_type::array:
      return "a list";
    case simdjson::ondemand::json_type::object:
      return "an object";
    case simdjson::ondemand::json_type::number:
      return "a number";
    case simdjson::ondemand::json_type::string:
      return "a string";
    case simdjson::ondemand::json_type::boolean:
      return "a bool";
    case simdjson::ondemand::json_type::null:
      return "null";
  }
  return "something else";
}

}  // namespace

absl::Status JsonReader::Open(absl::string_view text) {
  path_.clear();
  const simdjson::error_code error =
      parser_
          .iterate(simdjson::padded_string_view(text.data(), text.size(),
                                                text.size() + kPadding))
          .get(document_);
  return error ? Wrong(error, "an object", nullptr) : absl::OkStatus();
}

absl::StatusOr<absl::string_view> JsonReader::String(JsonValue value) {
  std::string_view text;
  const simdjson::error_code error = value.get_string().get(text);
  if (error) return Wrong(error, "a string", &value);
  return absl::string_view(text.data(), text.size());
}

absl::StatusOr<int64_t> JsonReader::Integer(JsonValue value) {
  int64_t number = 0;
  const simdjson::error_code error = value.get_int64().get(number);
  if (error) return Wrong(error, "a 64-bit integer", &value);
  return number;
}

absl::StatusOr<bool> JsonReader::Bool(JsonValue value) {
  bool flag = false;
  const simdjson::error_code error = value.get_bool().get(flag);
  if (error) return Wrong(error, "a bool", &value);
  return flag;
}

absl::StatusOr<double> JsonReader::Number(JsonValue value) {
  double number = 0;
  const simdjson::error_code error = value.get_double().get(number);
  if (!error) return number;
  std::string_view text;
  if (value.get_string().get(text)) return Wrong(error, "a number", &value);
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  return Error("expected a number, found another text");
}

bool JsonReader::IsNull(JsonValue& value) {
  bool is_null = false;
  return !value.is_null().get(is_null) && is_null;
}

absl::Status JsonReader::Error(absl::string_view why) const {
  std::string place;
  for (const Step& step : path_) {
    if (step.key.data() == nullptr) {
      absl::StrAppend(&place, "[", step.index, "]");
    } else {
      absl::StrAppend(&place, place.empty() ? "" : ".",
                      Printable(step.key, true));
    }
  }
  return absl::DataLossError(
      absl::StrCat(place, place.empty() ? "" : ": ", why));
}

absl::Status JsonReader::Missing(absl::string_view field) const {
  return Error(absl::StrCat("it has no field '", field, "'"));
}

bool JsonReader::HasMore() {
  const char* location = nullptr;
  return !document_.current_location().get(location);
}

absl::Status JsonReader::Wrong(simdjson::error_code error,
                               absl::string_view expected,
                               JsonValue* value) const {
  switch (error) {
    case simdjson::INCORRECT_TYPE:
    case simdjson::NUMBER_ERROR:
    case simdjson::NUMBER_OUT_OF_RANGE: {
      simdjson::ondemand::json_type type;
      if (value != nullptr && !value->type().get(type)) {
        return Error(absl::StrCat(
            "expected ", expected, ", found ",
            error == simdjson::INCORRECT_TYPE ? "" : "another form of ",
            TypeName(type)));
      }
      return Error(absl::StrCat("expected ", expected));
    }
    default:
      return Error(absl::StrCat("expected ", expected, ": it is no JSON: ",
                                simdjson::error_message(error)));
  }
}

}  // namespace strata::exported_program
