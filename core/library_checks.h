// What can be seen of a shared library before its code runs.

#ifndef STRATA_CORE_LIBRARY_CHECKS_H_
#define STRATA_CORE_LIBRARY_CHECKS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace strata {

// What a library says of itself to the dynamic linker.
struct LibraryFacts {
  std::vector<std::string> needed;       // Libraries, by soname or path.
  std::vector<std::string> run_folders;  // Where those are looked for.
  // The .proto files whose generated code is in it and registers itself.
  std::vector<std::string> proto_files;
};

absl::StatusOr<LibraryFacts> ReadLibraryFacts(const std::string& file);

// An error (kFailedPrecondition) for a library that would
//   - take others from a folder relative to the current one;
//   - register a .proto file that this process already has, which ends it
//     (Protobuf aborts while the library is loaded: nobody can catch that).
absl::Status CheckLibrary(const std::string& file);

}  // namespace strata

#endif  // STRATA_CORE_LIBRARY_CHECKS_H_
