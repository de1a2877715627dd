#include "formatters/common/summary_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/summary.pb.h"
#include "formatters/common/message_json.h"

namespace strata::formatters::json {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Each element on a line of its own. The text goes to the sink as it grows, so
// that a summary of many layers is never held twice.
void WriteLines(const Summary& summary, const FieldDescriptor& field,
                std::string& text, Sink& sink) {
  const int size = summary.GetReflection()->FieldSize(summary, &field);
  text += '[';
  for (int i = 0; i < size; ++i) {
    text += i == 0 ? "\n    " : ",\n    ";
    AppendElement(summary, field, i, text);
    sink.Write(text);
    text.clear();
  }
  text += size == 0 ? "]" : "\n  ]";
}

}  // namespace

void WriteSummary(const Summary& summary, Sink& sink) {
  const Descriptor& descriptor = *summary.GetDescriptor();
  std::string text = "{";
  bool first = true;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!IsWritten(summary, field)) continue;
    absl::StrAppend(&text, first ? "\n" : ",\n", "  \"", field.name(), "\": ");
    first = false;
    if (field.is_repeated() && !field.is_map()) {
      WriteLines(summary, field, text, sink);
    } else {
      AppendField(summary, field, text);
    }
  }
  text += "\n}\n";
  sink.Write(text);
}

}  // namespace strata::formatters::json
