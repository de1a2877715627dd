// How the tests of the formatters make summaries.

#ifndef STRATA_FORMATTERS_COMMON_TEST_LAYERS_H_
#define STRATA_FORMATTERS_COMMON_TEST_LAYERS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/summary.pb.h"

namespace strata::formatters {

using Shapes = std::vector<std::vector<int64_t>>;

// Appends a layer; its place is summary.layers_size() - 1 then.
Layer& AddLayer(Summary& summary, int parent, const std::string& name,
                const std::string& type);
// One call with these outputs.
Layer& Called(Layer& layer, const Shapes& outputs);
// One that trains, of float32.
Parameter& AddParameter(Layer& layer, const std::string& name,
                        const std::vector<int64_t>& shape);
// A metric's value, of the layer and its subtree alike.
Layer& Counts(Layer& layer, const std::string& metric, int64_t value);
void AddColumn(Summary& summary, const std::string& id,
               const std::string& title, const std::string& unit = "");

void AddTotals(Summary& summary,
               const std::vector<std::pair<std::string, int64_t>>& totals);

// A model that ran, with params and macs, and a root.
Summary EmptyModel(const std::string& type);

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_COMMON_TEST_LAYERS_H_
