#include "plugins/sources/exported_program/module_stack.h"

#include <cstddef>

#include "absl/strings/match.h"

namespace strata::exported_program {
namespace {

// What the exporter writes for a node that no module called.
constexpr absl::string_view kNobody =
    "_empty_nn_module_stack_from_metadata_hook";

}  // namespace

std::vector<FrameText> ParseModuleStack(absl::string_view text) {
  std::vector<FrameText> stack;
  if (text.empty() || absl::StartsWith(text, kNobody)) return stack;
  // Of the frame that is being read: where it begins, its first and its last
  // comma, and how many there were.
  size_t begin = 0, first = 0, last = 0;
  int commas = 0;
  int depth = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ';';
    if (c == '[' || c == '(') {
      ++depth;
    } else if (c == ']' || c == ')') {
      depth -= depth > 0 ? 1 : 0;
    } else if (c == ',' && depth == 0) {
      if (commas++ == 0) first = i;
      last = i;
    } else if (c == ';' && (depth == 0 || i == text.size())) {
      if (commas < 2) continue;  // The semicolon was part of a name.
      stack.push_back({text.substr(begin, first - begin),
                       text.substr(first + 1, last - first - 1),
                       text.substr(last + 1, i - last - 1)});
      if (stack.back().key == kNobody) return {};
      begin = i + 1;
      commas = 0;
    }
  }
  return stack;
}

}  // namespace strata::exported_program
