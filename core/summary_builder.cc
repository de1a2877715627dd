#include "core/summary_builder.h"

#include <cmath>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "core/shared_layers.h"
#include "core/summary_reader.h"

namespace strata {
namespace {

void SetTensor(const TensorSpec& from, Tensor* to) {
  to->mutable_shape()->Add(from.shape.begin(), from.shape.end());
  to->set_dtype(std::string(DTypeName(from.dtype)));
}

// A Parameter or a Buffer.
template <typename Message>
void SetNamedTensor(const ParameterInfo& from, Message* to) {
  to->set_name(from.name);
  to->mutable_shape()->Add(from.tensor.shape.begin(), from.tensor.shape.end());
  to->set_dtype(std::string(DTypeName(from.tensor.dtype)));
}

// Adds each subtree's `self` values up. Children stand after their parent, so
// one pass from the end is enough.
void SumSubtrees(const ModuleTree& tree, const std::vector<Count>& self,
                 std::vector<Count>& total) {
  total = self;
  for (int i = tree.size() - 1; i > 0; --i) {
    total[tree.modules[i].parent] += total[i];
  }
}

void SumSubtrees(const ModuleTree& tree,
                 const std::vector<std::optional<double>>& self,
                 std::vector<std::optional<double>>& total) {
  total = self;
  for (int i = tree.size() - 1; i > 0; --i) {
    std::optional<double>& parent = total[tree.modules[i].parent];
    if (parent && total[i]) {
      *parent += *total[i];
    } else {
      parent.reset();
    }
  }
}

// The dtypes of the parameters, or else of the inputs: "float32".
std::string DTypesOf(const ModuleTree& tree, const RunConditions& run) {
  std::vector<std::string> names;
  const auto add = [&](absl::string_view name) {
    if (!absl::c_linear_search(names, name)) names.emplace_back(name);
  };
  for (const Module& module : tree.modules) {
    for (const ParameterInfo& info : module.parameters) {
      add(DTypeName(info.tensor.dtype));
    }
  }
  if (names.empty()) {
    for (const Tensor& input : run.inputs()) add(input.dtype());
  }
  return absl::StrJoin(names, ", ");
}

// Of a device that computes; elsewhere nothing depends on them.
void SetConditions(const RunInfo& from, RunConditions& to) {
  if (from.access == nullptr) return;
  to.set_device_name(from.device_name.empty() ? from.device : from.device_name);
  if (from.threads > 0) to.set_threads(from.threads);
  for (const auto& [name, version] : from.versions) {
    (*to.mutable_versions())[name] = version;
  }
}

}  // namespace

SummaryBuilder::SummaryBuilder(const ModuleTree& tree, ModelInfo info,
                               Summary& summary)
    : tree_(tree), summary_(summary) {
  summary_.Clear();
  *summary_.mutable_model() = std::move(info);
  summary_.mutable_model()->set_name(tree.modules[0].type);
  AddLayers();
}

void SummaryBuilder::AddLayers() {
  summary_.mutable_layers()->Reserve(tree_.size());
  for (int i = 0; i < tree_.size(); ++i) {
    const Module& module = tree_.modules[i];
    Layer* layer = summary_.add_layers();
    layer->set_id(i);
    layer->set_parent(module.parent);
    layer->set_depth(module.depth);
    layer->set_path(module.path);
    layer->set_name(module.name);
    layer->set_type(module.type);
    layer->set_full_type(module.full_type);
    for (const ParameterInfo& info : module.parameters) {
      Parameter* parameter = layer->add_parameters();
      SetNamedTensor(info, parameter);
      parameter->set_trainable(info.trainable);
    }
    for (const ParameterInfo& info : module.buffers) {
      SetNamedTensor(info, layer->add_buffers());
    }
    for (const auto& [name, value] : module.attributes) {
      (*layer->mutable_attributes())[name] = value;
    }
  }
}

void SummaryBuilder::BeginRun(const ModuleTree& tree, const RunInfo& run) {
  if (run.device.empty()) return;  // Structure only.
  ran_ = true;
  if (data_flow_) data_flow_->BeginRun(tree, run);
  summary_.mutable_run()->set_device(run.device);
  summary_.mutable_run()->set_mode(run.training ? "train" : "eval");
  SetConditions(run, *summary_.mutable_run());
}

void SummaryBuilder::EnterModule(const ModuleCall& call) {
  if (data_flow_) data_flow_->EnterModule(call);
  Call* added = summary_.mutable_layers(call.module)->add_calls();
  for (const TensorSpec& tensor : call.inputs) {
    SetTensor(tensor, added->add_inputs());
  }
  open_calls_.push_back(added);
  if (call.module == 0 && call.number == 0) {
    Count bytes = 0;
    for (const TensorSpec& tensor : call.inputs) {
      SetTensor(tensor, summary_.mutable_run()->add_inputs());
      const auto known = tensor.NumBytes();
      bytes += known ? Count(*known) : Count::Unknown();
    }
    if (bytes.known()) {
      (*summary_.mutable_totals())["input_bytes"] = *bytes.value();
    }
  }
}

void SummaryBuilder::LeaveModule(const ModuleCall& call) {
  if (data_flow_) data_flow_->LeaveModule(call);
  if (open_calls_.empty()) return;
  for (const TensorSpec& tensor : call.outputs) {
    SetTensor(tensor, open_calls_.back()->add_outputs());
  }
  open_calls_.pop_back();
}

void SummaryBuilder::VisitOp(const OpCall& op) {
  if (data_flow_) data_flow_->VisitOp(op);
}

void SummaryBuilder::SetTiming(Timing timing) {
  *summary_.mutable_run()->mutable_timing() = std::move(timing);
}

void SummaryBuilder::SetIncomplete(const std::string& error) {
  summary_.mutable_run()->set_incomplete(true);
  summary_.mutable_run()->set_error(error);
}

void SummaryBuilder::SumTotals(const std::vector<MetricColumn>& columns,
                               MetricResults& results) const {
  for (int c = 0; c < static_cast<int>(columns.size()); ++c) {
    if (columns[c].aggregation != Aggregation::kSum) continue;
    ColumnValues& values = results.column(c);
    SumSubtrees(tree_, values.self, values.total);
    SumSubtrees(tree_, values.real_self, values.real_total);
  }
}

void SummaryBuilder::AddMetric(const std::string& name,
                               const std::vector<MetricColumn>& columns,
                               MetricResults& results, bool on_request) {
  SumTotals(columns, results);
  for (int c = 0; c < static_cast<int>(columns.size()); ++c) {
    Column* column = summary_.add_columns();
    column->set_id(columns[c].id);
    column->set_metric(name);
    column->set_title(columns[c].title);
    column->set_unit(columns[c].unit);
    if (columns[c].on_request || on_request || !results.left_out().empty()) {
      column->set_on_request(true);
    }
    if (columns[c].aggregation == Aggregation::kPeak) column->set_peak(true);
    if (columns[c].is_real) {
      column->set_real(true);
      AddReals(name, columns[c], results.column(c));
    } else {
      AddCounts(columns[c], results.column(c));
    }
  }
  for (const auto& [key, value] : results.model_totals()) {
    if (value.known()) (*summary_.mutable_totals())[key] = *value.value();
  }
  for (const std::string& warning : results.warnings()) Warn(warning);
  if (!results.left_out().empty()) {
    Warn(absl::StrCat("metric '", name, "': ", results.left_out(),
                      ": column left out"));
  }
}

void SummaryBuilder::AddCounts(const MetricColumn& column,
                               ColumnValues& values) {
  for (int i = 0; i < tree_.size(); ++i) {
    if (!values.self[i].known() && !values.total[i].known()) continue;
    MetricValue& value =
        (*summary_.mutable_layers(i)->mutable_metrics())[column.id];
    if (values.self[i].known()) value.set_self(*values.self[i].value());
    if (values.total[i].known()) value.set_total(*values.total[i].value());
  }
  if (values.total[0].known()) {
    (*summary_.mutable_totals())[column.id] = *values.total[0].value();
  }
}

void SummaryBuilder::AddReals(const std::string& metric,
                              const MetricColumn& column,
                              ColumnValues& values) {
  int odd = 0;
  for (auto* side : {&values.real_self, &values.real_total}) {
    for (std::optional<double>& value : *side) {
      if (!value || std::isfinite(*value)) continue;
      value.reset();
      ++odd;
    }
  }
  if (odd > 0) {
    Warn(absl::StrCat("metric '", metric, "' gave ", odd,
                      odd == 1 ? " value of '" : " values of '", column.id,
                      odd == 1 ? "' that is" : "' that are",
                      " infinite or no number: unknown"));
  }
  for (int i = 0; i < tree_.size(); ++i) {
    if (!values.real_self[i] && !values.real_total[i]) continue;
    MetricValue& value =
        (*summary_.mutable_layers(i)->mutable_metrics())[column.id];
    if (values.real_self[i]) value.set_real_self(*values.real_self[i]);
    if (values.real_total[i]) value.set_real_total(*values.real_total[i]);
  }
  if (values.real_total[0]) {
    (*summary_.mutable_real_totals())[column.id] = *values.real_total[0];
  }
}

void SummaryBuilder::Warn(const std::string& warning) {
  if (warned_.insert(warning).second) summary_.add_warnings(warning);
}

// The flags of docs/contract.md, in its order.
void SummaryBuilder::AddFlags() {
  SetSharedWith(tree_, summary_);
  // An object held at several places ran if it ran from any of them.
  absl::flat_hash_set<uint64_t> executed;
  for (const Layer& layer : summary_.layers()) {
    if (layer.shared_with().empty() || layer.calls().empty()) continue;
    executed.insert(tree_.modules[layer.id()].identity);
  }
  executed.erase(0);
  for (int i = 0; i < tree_.size(); ++i) {
    Layer* layer = summary_.mutable_layers(i);
    const bool container = tree_.modules[i].kind == ModuleKind::kContainer;
    if (ran_ && !container && layer->calls().empty() &&
        !executed.contains(tree_.modules[i].identity)) {
      layer->add_flags("not_executed");
    }
    if (!layer->shared_with().empty()) layer->add_flags("shared");
    if (layer->calls_size() > 1) layer->add_flags("recursive");
    if (container) layer->add_flags("container");
    if (ran_ && inferred_.contains(i)) layer->add_flags("inferred");
  }
}

void SummaryBuilder::Finish() {
  AddFlags();
  if (data_flow_) data_flow_->AddEdges(summary_);
  if (summary_.run().has_device_name()) {
    summary_.mutable_run()->set_dtype(DTypesOf(tree_, summary_.run()));
  }
  // What the model and its input take, where all of it is known.
  auto& totals = *summary_.mutable_totals();
  Count bytes = 0;
  for (const char* part : {"input_bytes", "param_bytes", "buffer_bytes"}) {
    if (!ran_ && part == absl::string_view("input_bytes")) continue;
    const auto found = totals.find(part);
    bytes += found == totals.end() ? Count::Unknown() : Count(found->second);
  }
  if (bytes.known()) totals["total_bytes"] = *bytes.value();
  summary_.set_format_version(kSummaryFormatVersion);
}

}  // namespace strata
