#include "plugins/metrics/macs/macs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "plugins/metrics/macs/formulas.h"

namespace strata::metrics {
namespace {

// Could it be a product of tensors? Then it takes two of them, with real
// numbers. In an overload of the form `out` one more is where the result goes.
bool TakesTwoFloatingTensors(const OpCall& op) {
  int floating = 0;
  const auto add = [&](const TensorSpec& tensor) {
    floating += IsFloatingPoint(tensor.dtype) ? 1 : 0;
  };
  for (const OpArgument& argument : op.arguments) {
    if (const auto* tensor = std::get_if<TensorSpec>(&argument)) add(*tensor);
    const auto* list = std::get_if<std::vector<TensorSpec>>(&argument);
    if (list != nullptr) std::for_each(list->begin(), list->end(), add);
    // One tensor, whatever it is made of.
    const auto* nested = std::get_if<NestedTensor>(&argument);
    if (nested != nullptr && !nested->tensors.empty()) add(nested->tensors[0]);
  }
  const bool writes_out = absl::EndsWith(op.overload, "out");
  return floating - (writes_out ? static_cast<int>(op.outputs.size()) : 0) >= 2;
}

}  // namespace

std::vector<MetricColumn> MacsMetric::columns() const {
  return {{"macs", "MACs", "", Aggregation::kSum}};
}

void MacsMetric::BeginRun(const ModuleTree& tree, const RunInfo& /*run*/) {
  self_.assign(tree.size(), 0);
  levels_.clear();
  doubts_.clear();
}

void MacsMetric::VisitOp(const OpCall& op) {
  const size_t nesting = op.nesting;
  if (levels_.size() < nesting + 2) levels_.resize(nesting + 2);
  Level inner = std::exchange(levels_[nesting + 1], Level());
  Level& level = levels_[nesting];

  const std::optional<Count> macs = MacsOf(op);
  if (macs) {
    level.macs += *macs;
    level.counted = level.explained = true;
    if (!macs->known()) Doubt(op, "its shapes do not fit its formula", level);
  } else {
    const Known& known = KnownOf(op.name);
    level.macs += inner.macs;
    level.doubts.insert(level.doubts.end(), inner.doubts.begin(),
                        inner.doubts.end());
    level.counted |= inner.counted;
    level.explained |= inner.explained || known.element_wise;
    if (IsDoubtful(op, known, inner)) Doubt(op, "no formula", level);
  }
  if (nesting == 0) Commit(op.module);
}

const MacsMetric::Known& MacsMetric::KnownOf(absl::string_view name) {
  const auto found = known_.find(name);
  if (found != known_.end()) return found->second;
  const Known known = {IsKnownArithmetic(name), IsElementWise(name),
                       IsKnownFree(name)};
  return known_.emplace(name, known).first->second;
}

bool MacsMetric::IsDoubtful(const OpCall& op, const Known& known,
                            const Level& inner) {
  if (!inner.doubts.empty()) return false;  // The inner one is to blame.
  if (known.arithmetic) return !inner.counted;
  if (known.free || !TakesTwoFloatingTensors(op)) return false;
  // LibTorch's own composite operators do what they call; a kernel of anyone
  // else's may do more, unless a product was seen in it.
  return absl::StartsWith(op.name, "aten::") ? !inner.explained
                                             : !inner.counted;
}

void MacsMetric::Doubt(const OpCall& op, absl::string_view why, Level& level) {
  level.doubts.push_back({absl::StrCat(op.name, ": ", why), op.module});
}

void MacsMetric::Commit(int module) {
  const Level ended = std::exchange(levels_[0], Level());
  self_[module] += ended.macs;
  for (const Doubtful& doubt : ended.doubts) {
    ++doubts_.try_emplace(doubt.what, Seen{0, doubt.module})
          .first->second.count;
  }
}

absl::Status MacsMetric::Collect(const ModuleTree& tree,
                                 MetricResults& results) {
  const auto path_of = [&](int module) -> std::string {
    const std::string& path = tree.modules[module].path;
    return path.empty() ? "the model itself" : absl::StrCat("'", path, "'");
  };
  for (int i = 0; i < tree.size(); ++i) results.SetSelf(0, i, self_[i]);
  for (const auto& [what, seen] : doubts_) {
    results.Warn(absl::StrCat("MACs may be missing: operator ", what, " (",
                              seen.count, seen.count == 1 ? " call" : " calls",
                              ", first in ", path_of(seen.module), ")"));
  }
  int unknown = 0;
  int first = 0;
  for (int i = 0; i < tree.size(); ++i) {
    if (!self_[i].known() && unknown++ == 0) first = i;
  }
  if (unknown > 0) {
    results.Warn(absl::StrCat(
        "MACs are unknown in ", unknown,
        unknown == 1 ? " module: " : " modules, first in ", path_of(first)));
  }
  return absl::OkStatus();
}

}  // namespace strata::metrics
