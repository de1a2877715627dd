// The formatter `model_explorer_data`: figures for Google's Model Explorer.

#ifndef STRATA_FORMATTERS_MODEL_EXPLORER_DATA_MODEL_EXPLORER_DATA_H_
#define STRATA_FORMATTERS_MODEL_EXPLORER_DATA_MODEL_EXPLORER_DATA_H_

#include "core/formatter.h"

namespace strata::formatters {

// Node data for the graph that `model_explorer` writes: the chosen metric (the
// first of options.columns, else of the summary's) of each node, shaded. Model
// Explorer adds it up by layer. What is not known has no value.
class ModelExplorerDataFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_MODEL_EXPLORER_DATA_MODEL_EXPLORER_DATA_H_
