#include "formatters/binary/binary.h"

#include <utf8proc.h>

#include <climits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/summary.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace strata::formatters {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The bytes of the first code point; 0 where there is none of UTF-8.
size_t CodePointSize(absl::string_view text) {
  utf8proc_int32_t code_point;
  const utf8proc_ssize_t size =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  return size > 0 ? static_cast<size_t>(size) : 0;
}

// Whether something was replaced.
bool Repair(std::string& text) {
  std::string repaired;
  bool changed = false;
  for (absl::string_view rest = text; !rest.empty();) {
    const size_t size = CodePointSize(rest);
    changed |= size == 0;
    absl::StrAppend(&repaired,
                    size == 0 ? "\xef\xbf\xbd" : rest.substr(0, size));
    rest.remove_prefix(size == 0 ? 1 : size);
  }
  if (changed) text = std::move(repaired);
  return changed;
}

// The message as Protobuf writes and reads it again. Calls itself as deep as
// message types nest, which summary.proto bounds.
void Repair(Message& message) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_text = field->type() == FieldDescriptor::TYPE_STRING;
    const bool is_message =
        field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!is_text && !is_message) continue;
    const int size =
        field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (is_message) {
        Repair(field->is_repeated()
                   ? *reflection.MutableRepeatedMessage(&message, field, i)
                   : *reflection.MutableMessage(&message, field));
        continue;
      }
      std::string text = field->is_repeated()
                             ? reflection.GetRepeatedString(message, field, i)
                             : reflection.GetString(message, field);
      if (!Repair(text)) continue;
      if (field->is_repeated()) {
        reflection.SetRepeatedString(&message, field, i, text);
      } else {
        reflection.SetString(&message, field, text);
      }
    }
  }
}

}  // namespace

absl::Status BinaryFormatter::Format(const Summary& summary,
                                     const FormatOptions& /*options*/,
                                     Sink& sink) {
  Summary repaired = summary;
  Repair(repaired);
  if (repaired.ByteSizeLong() > INT_MAX) {
    return absl::OutOfRangeError(
        "the summary takes more than the 2 GiB that Protobuf can write");
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);  // Maps in one order.
    repaired.SerializeWithCachedSizes(&coded);
  }
  sink.Write(bytes);
  return absl::OkStatus();
}

}  // namespace strata::formatters
