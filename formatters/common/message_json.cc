#include "formatters/common/message_json.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "formatters/common/scalar_json.h"

// AppendMessage and AppendField call each other as deep as message types nest,
// which summary.proto bounds: layers are a flat list, however deep the model.

namespace strata::formatters::json {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr absl::string_view kFirstKeys[] = {
    "params",       "trainable_params", "non_trainable_params",
    "macs",         "input_bytes",      "param_bytes",
    "buffer_bytes", "activation_bytes"};

// What begins so holds real numbers, and is written under the rest of its name:
// the reader of JSON sees one kind of number.
constexpr absl::string_view kReal = "real_";

void AppendText(const FieldDescriptor& field, const std::string& text,
                std::string& out) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    AppendString(absl::Base64Escape(text), out);
  } else {
    AppendString(text, out);
  }
}

// Reads one value: the field's own or, where it repeats, its element `index`.
class Reader {
 public:
  Reader(const Message& message, const FieldDescriptor& field, int index)
      : message_(message), field_(field), index_(index) {}

  template <typename T>
  T Get(T (Reflection::*single)(const Message&, const FieldDescriptor*) const,
        T (Reflection::*repeated)(const Message&, const FieldDescriptor*, int)
            const) const {
    const Reflection& reflection = *message_.GetReflection();
    return field_.is_repeated()
               ? (reflection.*repeated)(message_, &field_, index_)
               : (reflection.*single)(message_, &field_);
  }

  const Message& GetMessage() const {
    const Reflection& reflection = *message_.GetReflection();
    return field_.is_repeated()
               ? reflection.GetRepeatedMessage(message_, &field_, index_)
               : reflection.GetMessage(message_, &field_);
  }

 private:
  const Message& message_;
  const FieldDescriptor& field_;
  const int index_;
};

void AppendValue(const Message& message, const FieldDescriptor& field,
                 int index, std::string& out) {
  using R = Reflection;
  const Reader value(message, field, index);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(&out, value.Get(&R::GetInt32, &R::GetRepeatedInt32));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      absl::StrAppend(&out, value.Get(&R::GetInt64, &R::GetRepeatedInt64));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      absl::StrAppend(&out, value.Get(&R::GetUInt32, &R::GetRepeatedUInt32));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      absl::StrAppend(&out, value.Get(&R::GetUInt64, &R::GetRepeatedUInt64));
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      AppendDouble(value.Get(&R::GetDouble, &R::GetRepeatedDouble), out);
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      AppendDouble(value.Get(&R::GetFloat, &R::GetRepeatedFloat), out);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      out += value.Get(&R::GetBool, &R::GetRepeatedBool) ? "true" : "false";
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      AppendString(value.Get(&R::GetEnum, &R::GetRepeatedEnum)->name(), out);
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      AppendText(field, value.Get(&R::GetString, &R::GetRepeatedString), out);
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      AppendMessage(value.GetMessage(), out);
      break;
  }
}

// Its place among kFirstKeys, or behind them all.
size_t Rank(absl::string_view key) {
  return std::find(std::begin(kFirstKeys), std::end(kFirstKeys), key) -
         std::begin(kFirstKeys);
}

// JSON's keys are strings, whatever the map's are.
std::string KeyText(const Message& entry, const FieldDescriptor& key) {
  if (key.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    return entry.GetReflection()->GetString(entry, &key);
  }
  std::string text;
  AppendValue(entry, key, 0, text);
  return text;
}

// Protobuf shows a map as a repeated field of entries, in no order.
// `more`: a second map whose entries are written among those of the first, or
// null.
void AppendMap(const Message& message, const FieldDescriptor& field,
               const FieldDescriptor* more, std::string& out) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<
      std::tuple<size_t, std::string, const Message*, const FieldDescriptor*>>
      entries;
  for (const FieldDescriptor* map : {&field, more}) {
    if (map == nullptr) continue;
    for (int i = 0; i < reflection.FieldSize(message, map); ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, map, i);
      std::string key = KeyText(entry, *map->message_type()->map_key());
      entries.emplace_back(Rank(key), std::move(key), &entry,
                           map->message_type()->map_value());
    }
  }
  std::sort(entries.begin(), entries.end());
  out += '{';
  bool first = true;
  for (const auto& [rank, key, entry, value_field] : entries) {
    if (!first) out += ", ";
    first = false;
    AppendString(key, out);
    out += ": ";
    AppendValue(*entry, *value_field, 0, out);
  }
  out += '}';
}

// The map of real numbers that is written among the integers of this one.
const FieldDescriptor* RealPartner(const FieldDescriptor& field) {
  return field.containing_type()->FindFieldByName(
      absl::StrCat(kReal, field.name()));
}

}  // namespace

bool IsWritten(const Message& message, const FieldDescriptor& field) {
  if (field.is_map() && absl::StartsWith(field.name(), kReal)) return false;
  return !field.has_presence() ||
         message.GetReflection()->HasField(message, &field);
}

void AppendElement(const Message& message, const FieldDescriptor& field,
                   int index, std::string& out) {
  AppendValue(message, field, index, out);
}

void AppendField(const Message& message, const FieldDescriptor& field,
                 std::string& out) {
  if (field.is_map()) {
    AppendMap(message, field, RealPartner(field), out);
    return;
  }
  if (!field.is_repeated()) {
    AppendValue(message, field, 0, out);
    return;
  }
  const int size = message.GetReflection()->FieldSize(message, &field);
  out += '[';
  for (int i = 0; i < size; ++i) {
    if (i > 0) out += ", ";
    AppendValue(message, field, i, out);
  }
  out += ']';
}

namespace {

absl::string_view KeyOf(const FieldDescriptor& field) {
  absl::string_view name = field.name();
  absl::ConsumePrefix(&name, kReal);
  return name;
}

}  // namespace

void AppendMessage(const Message& message, std::string& out) {
  const google::protobuf::Descriptor& descriptor = *message.GetDescriptor();
  out += '{';
  bool first = true;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!IsWritten(message, field)) continue;
    absl::StrAppend(&out, first ? "" : ", ", "\"", KeyOf(field), "\": ");
    first = false;
    AppendField(message, field, out);
  }
  out += '}';
}

}  // namespace strata::formatters::json
