// Figures as expressions in the sizes that a file leaves open.

#ifndef STRATA_CORE_OPEN_SIZES_H_
#define STRATA_CORE_OPEN_SIZES_H_

#include <vector>

#include "core/chosen_metrics.h"
#include "core/model.h"
#include "core/plugin_host.h"
#include "core/summary.pb.h"

namespace strata {

// Adds to the summary of a run on shapes how its figures and shapes depend on
// Model::dimensions() that `options` leaves open; nothing where there are none,
// or where inputs were given. The model is run at some sizes, told to fresh
// metrics of the same names, made with the same `settings`, and each figure's
// polynomial is found in what they say: so that it is right for any metric.
// Figures that are no polynomial, and all where the model cannot be run at such
// sizes, are marked so, and a warning says it.
void AddExpressions(PluginHost& host, const std::vector<ChosenMetric>& metrics,
                    const OptionTexts& settings, Model& model,
                    const RunOptions& options, Summary& summary);

}  // namespace strata

#endif  // STRATA_CORE_OPEN_SIZES_H_
