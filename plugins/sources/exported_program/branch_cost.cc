#include "plugins/sources/exported_program/branch_cost.h"

#include <optional>

#include "core/module_visitor.h"
#include "plugins/metrics/macs/formulas.h"

namespace strata::exported_program {

Count CostOf(const Program& program, const TensorSpecs& specs,
             const std::vector<Step>& steps) {
  Count cost = 0;
  std::vector<OpArgument> arguments;
  std::vector<TensorSpec> outputs;
  for (const Step& step : steps) {
    specs.Arguments(*step.node, arguments);
    specs.Outputs(*step.node, outputs);
    OpCall op;
    op.name = program.targets[step.node->target].name;
    op.overload = program.targets[step.node->target].overload;
    op.arguments = arguments;
    op.outputs = outputs;
    const std::optional<Count> macs = metrics::MacsOf(op);
    if (macs && macs->known()) cost += *macs;
  }
  return cost;
}

}  // namespace strata::exported_program
