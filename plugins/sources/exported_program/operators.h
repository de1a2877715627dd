// What is known of operators by their names.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_OPERATORS_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_OPERATORS_H_

#include "absl/strings/string_view.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

// Of a node's target: "torch.ops.aten.conv2d.default".
Target ParseTarget(absl::string_view text);

// Whether a higher-order operator calls its graph once, as it stands.
bool IsWrapper(absl::string_view name);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_OPERATORS_H_
