// raises when it opens a file

#include <stdexcept>

#include "core/plugin.h"

namespace {

class Bad : public strata::ModelSource {
 public:
  absl::StatusOr<std::unique_ptr<strata::Model>> Open(
      const std::string& file, const strata::OpenOptions&) override {
    throw std::runtime_error("cannot bear " + file);
  }
};

}  // namespace

STRATA_SOURCE_PLUGIN(raising_source, "raises when it opens a file", Bad,
                     "zip:bad_model", "");
