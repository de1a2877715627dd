// Where a TorchScript archive has what.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_ARCHIVE_LAYOUT_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_ARCHIVE_LAYOUT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/zip_archive.h"

namespace strata::torchscript {

// The folder that all members are below: "resnet18/" of "resnet18/data.pkl".
absl::StatusOr<std::string> RootOf(const ZipArchive& archive);

// Adds a warning of the tensors that the file's directory names and the file
// has not, where there are such.
void WarnOfMissing(const ZipArchive& archive, const std::string& root,
                   std::vector<std::string>& warnings);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_ARCHIVE_LAYOUT_H_
