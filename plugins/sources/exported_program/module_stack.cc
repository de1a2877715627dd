#include "plugins/sources/exported_program/module_stack.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace strata::exported_program {
namespace {

// What the exporter writes for a node that no module called.
constexpr absl::string_view kNobody =
    "_empty_nn_module_stack_from_metadata_hook";

// Splits at `separator` outside of brackets.
std::vector<absl::string_view> SplitOutside(absl::string_view text,
                                            char separator) {
  std::vector<absl::string_view> parts;
  int depth = 0;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '(') ++depth;
    if (text[i] == ']' || text[i] == ')') depth -= depth > 0 ? 1 : 0;
    if (text[i] == separator && depth == 0) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace

ModuleStack ParseModuleStack(absl::string_view text) {
  ModuleStack stack;
  if (text.empty() || absl::StartsWith(text, kNobody)) return stack;
  size_t begin = 0;  // Of the frame, which has two commas at least.
  const std::vector<absl::string_view> parts = SplitOutside(text, ';');
  for (const absl::string_view part : parts) {
    const size_t end = part.data() + part.size() - text.data();
    const absl::string_view whole = text.substr(begin, end - begin);
    const std::vector<absl::string_view> fields = SplitOutside(whole, ',');
    if (fields.size() < 3) continue;  // The semicolon was part of a name.
    begin = end + 1;
    const absl::string_view key = fields.front();
    const absl::string_view type = fields.back();
    const absl::string_view path = whole.substr(
        key.size() + 1, whole.size() - key.size() - type.size() - 2);
    if (key == kNobody) return {};
    stack.push_back({std::string(key), std::string(path), std::string(type)});
  }
  return stack;
}

}  // namespace strata::exported_program
