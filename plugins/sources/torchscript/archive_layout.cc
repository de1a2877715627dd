#include "plugins/sources/torchscript/archive_layout.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace strata::torchscript {

absl::StatusOr<std::string> RootOf(const ZipArchive& archive) {
  if (!archive.members().empty()) {
    const absl::string_view first = archive.members()[0].name;
    const size_t slash = first.find('/');
    if (slash != first.npos) return std::string(first.substr(0, slash + 1));
  }
  return absl::DataLossError("its members are not in one folder");
}

void WarnOfMissing(const ZipArchive& archive, const std::string& root,
                   std::vector<std::string>& warnings) {
  const std::vector<bool> is_missing = archive.Missing();
  int missing = 0;
  int tensors = 0;
  for (size_t i = 0; i < archive.members().size(); ++i) {
    absl::string_view name = archive.members()[i].name;
    name.remove_prefix(std::min(root.size(), name.size()));
    if (!absl::StartsWith(name, "data/") &&
        !absl::StartsWith(name, "constants/")) {
      continue;
    }
    ++tensors;
    if (is_missing[i]) ++missing;
  }
  if (missing == 0) return;
  warnings.push_back(absl::StrCat(
      "the file is damaged: the values of ", missing, " of its ", tensors,
      " tensors are not in it; shapes do not need them, a run would"));
}

}  // namespace strata::torchscript
