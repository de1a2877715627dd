// The source `exported_program`: archives of torch.export.save.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPORTED_PROGRAM_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPORTED_PROGRAM_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/model.h"

namespace strata::exported_program {

class ExportedProgramSource : public ModelSource {
 public:
  absl::StatusOr<std::unique_ptr<Model>> Open(
      const std::string& file, const OpenOptions& options) override;
};

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_EXPORTED_PROGRAM_H_
