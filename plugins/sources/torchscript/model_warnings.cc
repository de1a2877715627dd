// Of TorchScriptModel: what a summary of the file cannot tell, in words.

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "plugins/sources/torchscript/torchscript_model.h"

namespace strata::torchscript {
namespace {

std::string FrozenWarning(std::optional<int> root_operators) {
  std::string shown = ", and";
  if (root_operators) {
    shown =
        absl::StrCat(", and ", *root_operators,
                     *root_operators == 1 ? " operator is" : " operators are",
                     " shown under the root;");
  }
  return absl::StrCat("this file was frozen: its modules were inlined", shown,
                      " its weights are constants in the code, which are not "
                      "counted as parameters");
}

}  // namespace

std::vector<std::string> TorchScriptModel::warnings() const {
  std::vector<std::string> warnings = kept_warnings_.texts();
  if (is_frozen_) warnings.push_back(FrozenWarning(root_operators_));
  if (!not_traced_.empty()) {
    const bool is_one = not_traced_.size() == 1;
    warnings.push_back(
        absl::StrCat("this file was traced, and ", not_traced_.size(),
                     is_one ? " module was" : " modules were",
                     " not called then: what ", is_one ? "it does" : "they do",
                     " is not in it (", is_one ? "" : "first ", "'",
                     read_.tree.modules[not_traced_[0]].path, "')"));
  }
  if (read_.not_unpacked > 0) {
    warnings.push_back(absl::StrCat(
        "this file is quantized: the weights of ", read_.not_unpacked,
        read_.not_unpacked == 1 ? " module are" : " modules are",
        " packed, and not counted as parameters"));
  }
  return warnings;
}

}  // namespace strata::torchscript
