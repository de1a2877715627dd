// A program, from the members of its archive.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PROGRAM_READER_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PROGRAM_READER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "plugins/sources/exported_program/archive.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

struct ReadOptions {
  bool for_run = false;  // Also what a run alone needs.
};

// The archive's program of this name; "": its only one. The error lists them.
absl::StatusOr<const Archive::Program*> ChooseProgram(const Archive& archive,
                                                      const std::string& name);

// Errors name the member and the field.
absl::StatusOr<std::unique_ptr<Program>> ReadProgram(
    Archive& archive, const Archive::Program& which,
    const ReadOptions& options = {});

// The same of JSON alone: that of the program and those of its weights and
// constants, each followed by JsonReader::kPadding bytes. The last two may be
// empty. For tests.
absl::Status ReadProgramJson(absl::string_view json, Program& program);
absl::Status ReadWeightsJson(absl::string_view json, Program& program);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_PROGRAM_READER_H_
