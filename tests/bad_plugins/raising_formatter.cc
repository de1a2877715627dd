// raises in the middle of its output

#include <stdexcept>

#include "core/plugin.h"

namespace {

class Bad : public strata::Formatter {
 public:
  absl::Status Format(const strata::Summary&, const strata::FormatOptions&,
                      strata::Sink& sink) override {
    sink.Write("half of it");
    throw std::runtime_error("out of ink");
  }
};

}  // namespace

STRATA_FORMATTER_PLUGIN(raising_formatter, "raises while it writes", Bad,
                        "bad");
