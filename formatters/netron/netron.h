// The formatter `netron`: figures that Netron shows beside a model.

#ifndef STRATA_FORMATTERS_NETRON_NETRON_H_
#define STRATA_FORMATTERS_NETRON_NETRON_H_

#include "core/formatter.h"

namespace strata::formatters {

// The attachment that Netron takes when it is opened while a model is shown:
// figures of the model under `metrics`, and of each node whose name is a
// module's path; its class and shapes under `metadata`. All modules, whatever
// the options' depth and columns are. A value that is not known is not there.
class NetronFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_NETRON_NETRON_H_
