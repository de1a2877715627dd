#include "formatters/binary/binary.h"

#include <algorithm>
#include <climits>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "core/printable.h"
#include "core/summary.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace strata::formatters {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isascii(static_cast<unsigned char>(c));
  });
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
      const std::string text =
          field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                               : reflection.GetString(message, field);
      if (IsAscii(text)) continue;
      if (field->is_repeated()) {
        reflection.SetRepeatedString(&message, field, i, ValidUtf8(text));
      } else {
        reflection.SetString(&message, field, ValidUtf8(text));
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
