// The source `exported_run`: archives of torch.export.save, on devices that
// compute.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_EXPORTED_RUN_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_EXPORTED_RUN_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/model.h"

namespace strata::exported_run {

class ExportedRunSource : public ModelSource {
 public:
  absl::StatusOr<std::unique_ptr<Model>> Open(
      const std::string& file, const OpenOptions& options) override;
};

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_EXPORTED_RUN_H_
