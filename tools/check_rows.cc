#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "core/layer_match.h"
#include "tools/options.h"

namespace strata::tools {

std::vector<std::string> RowSettingNames() {
  return {"depth", "var_names", "ascii_only", "hide_recursive_layers",
          "parameters"};
}

absl::Status CheckRows(const Options& options) {
  if (options.depth < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--depth=", options.depth, ": expected 0 or more"));
  }
  if (options.width < 1 && options.has("width")) {
    return absl::InvalidArgumentError(
        absl::StrCat("--width=", options.width, ": expected 1 or more"));
  }
  const absl::Status match = LayerMatch::Make(options.match).status();
  if (!match.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--match: ", match.message()));
  }
  for (const std::string& setting : options.row_settings) {
    if (absl::c_linear_search(RowSettingNames(), setting)) continue;
    return WithHint(absl::InvalidArgumentError(absl::StrCat(
                        "--row_settings: no row setting '", setting, "'")),
                    NearestNameHint(setting, RowSettingNames()));
  }
  return absl::OkStatus();
}

}  // namespace strata::tools
