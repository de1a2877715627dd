// The formatter `parameters`: named parameters and buffers.

#ifndef STRATA_FORMATTERS_PARAMETERS_PARAMETERS_H_
#define STRATA_FORMATTERS_PARAMETERS_PARAMETERS_H_

#include "core/formatter.h"

namespace strata::formatters {

// A line for each tensor, in the order and with the names of named_parameters()
// and then of named_buffers(): name, shape, dtype; of a parameter whether it
// trains, and where else it is held. As there, a tensor that is held at several
// places has a line at the first.
//   With options.match only tensors of the modules that it finds.
class ParametersFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_PARAMETERS_PARAMETERS_H_
