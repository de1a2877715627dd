// Which versions of the schema of exported programs are read.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_SCHEMA_VERSION_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_SCHEMA_VERSION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace strata::exported_program {

// The schema that this was written for; of a later minor version what is new is
// passed over.
inline constexpr int64_t kSchemaMajor = 8;

// What a later version means: kUnimplemented.
absl::Status VersionError(int64_t major, int64_t minor);

// The version alone, of a document that cannot be read as a whole.
absl::Status CheckVersion(absl::string_view text);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_SCHEMA_VERSION_H_
