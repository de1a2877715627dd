// ends the program in the middle of its output

#include <cstdlib>

#include "core/plugin.h"

namespace {

class Bad : public strata::Formatter {
 public:
  absl::Status Format(const strata::Summary&, const strata::FormatOptions&,
                      strata::Sink& sink) override {
    sink.Write("half of it");
    std::exit(0);
  }
};

}  // namespace

STRATA_FORMATTER_PLUGIN(exiting_formatter, "ends the program while it writes",
                        Bad, "bad");
