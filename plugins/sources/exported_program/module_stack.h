// The text that says which modules were running at a node.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_MODULE_STACK_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_MODULE_STACK_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace strata::exported_program {

struct FrameText {
  absl::string_view key, path, type;
};

// Of "L__self__,,models.CNN;L__self__conv1,conv1,torch.nn.Conv2d":
// KEY,PATH,TYPE of each, where commas and semicolons in brackets or in a path
// are not these. Empty where it says nothing: nodes that a pass of the exporter
// made.
std::vector<FrameText> ParseModuleStack(absl::string_view text);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_MODULE_STACK_H_
