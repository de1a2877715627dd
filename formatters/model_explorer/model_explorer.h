// The formatter `model_explorer`: the graph for Google's Model Explorer.

#ifndef STRATA_FORMATTERS_MODEL_EXPLORER_MODEL_EXPLORER_H_
#define STRATA_FORMATTERS_MODEL_EXPLORER_MODEL_EXPLORER_H_

#include "core/formatter.h"

namespace strata::formatters {

// A graph collection as Model Explorer opens it: a node for each module that
// has no others in it, in the namespace of those around it, for each place
// where a module's own code joins several tensors, and for the model's inputs
// and outputs. All levels, whatever the options' depth is. Figures and
// attributes are the nodes' and the layers' attributes.
class ModelExplorerFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_MODEL_EXPLORER_MODEL_EXPLORER_H_
