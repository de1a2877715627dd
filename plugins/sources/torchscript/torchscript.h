// The source of TorchScript archives (torch.jit.save), scripted or traced.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_TORCHSCRIPT_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_TORCHSCRIPT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/model.h"

namespace strata::torchscript {

class TorchScriptSource : public ModelSource {
 public:
  // Loads with LibTorch; for shapes alone without the weights. An archive of a
  // newer format, a damaged one, and one that needs operators nobody registered
  // are errors that say so.
  absl::StatusOr<std::unique_ptr<Model>> Open(
      const std::string& file, const OpenOptions& options) override;
};

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_TORCHSCRIPT_H_
