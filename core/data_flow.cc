#include "core/data_flow.h"

#include <algorithm>
#include <variant>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/strip.h"

namespace strata {
namespace {

// "add" for "aten::add_": what a reader calls it.
absl::string_view ShortName(absl::string_view name) {
  absl::ConsumePrefix(&name, "aten::");
  if (name.size() > 1 && name.back() == '_' && name[name.size() - 2] != '_') {
    name.remove_suffix(1);
  }
  return name;
}

}  // namespace

void DataFlow::BeginRun(const ModuleTree& tree, const RunInfo& /*run*/) {
  has_children_.assign(tree.size(), false);
  // Most modules give one tensor to one other.
  sources_.reserve(tree.size());
  connections_.reserve(tree.size());
  places_.reserve(tree.size());
  for (int i = 1; i < tree.size(); ++i) {
    has_children_[tree.modules[i].parent] = true;
  }
}

void DataFlow::EnterModule(const ModuleCall& call) {
  const bool is_model = open_.empty() && call.module == 0;
  if (!open_.empty()) open_.back().called_others = true;
  open_.push_back({call.module});
  for (const TensorSpec& input : call.inputs) {
    if (input.storage == 0) continue;
    if (is_model) {
      sources_[input.storage] = {{0, Operators()}};
      continue;
    }
    const auto found = sources_.find(input.storage);
    if (found == sources_.end()) continue;
    Connect(found->second, call.module, false, input);
    if (has_children_[call.module]) {
      open_.back().inputs.emplace_back(input.storage, found->second);
    }
  }
}

void DataFlow::LeaveModule(const ModuleCall& call) {
  if (open_.empty()) return;
  OpenCall ended = std::move(open_.back());
  open_.pop_back();
  // What goes on inside of a module that calls no others is its own affair.
  for (const TensorSpec& output : call.outputs) {
    if (!ended.called_others || output.storage == 0) continue;
    const auto found = sources_.find(output.storage);
    if (found != sources_.end()) {
      Connect(found->second, call.module, true, output);
    }
  }
  // A module inside may have handed its input on as it was, as a dropout does.
  // To those outside it comes from where it came from before.
  for (auto& [storage, sources] : ended.inputs) {
    sources_[storage] = std::move(sources);
  }
  for (const TensorSpec& output : call.outputs) {
    if (output.storage != 0) {
      sources_[output.storage] = {{call.module, Operators()}};
    }
  }
}

void DataFlow::VisitOp(const OpCall& op) {
  if (op.nesting != 0) return;
  // All that a module without children makes comes from it in the end.
  if (!open_.empty() && open_.back().module == op.module &&
      !has_children_[op.module]) {
    return;
  }
  Sources merged;
  for (const OpArgument& argument : op.arguments) {
    if (const auto* tensor = std::get_if<TensorSpec>(&argument)) {
      Merge(*tensor, merged);
    } else if (const auto* list =
                   std::get_if<std::vector<TensorSpec>>(&argument)) {
      for (const TensorSpec& tensor : *list) Merge(tensor, merged);
    } else if (const auto* nested = std::get_if<NestedTensor>(&argument)) {
      for (const TensorSpec& tensor : nested->tensors) Merge(tensor, merged);
    }
  }
  if (!merged.empty()) {
    const int id = OperatorId(op.name);
    for (Source& source : merged) {
      if (id < kMaxOperators) source.operators.set(id);
    }
  }
  for (const TensorSpec& output : op.outputs) {
    if (output.storage == 0) continue;
    if (merged.empty()) {
      sources_.erase(output.storage);  // What was there before is gone.
    } else {
      sources_[output.storage] = merged;
    }
  }
}

void DataFlow::Merge(const TensorSpec& tensor, Sources& into) {
  if (tensor.storage == 0) return;
  const auto found = sources_.find(tensor.storage);
  if (found == sources_.end()) return;
  if (into.empty()) {
    into = found->second;
    return;
  }
  Sources merged;
  auto a = into.begin();
  auto b = found->second.begin();
  while (a != into.end() || b != found->second.end()) {
    if (b == found->second.end() ||
        (a != into.end() && a->module < b->module)) {
      merged.push_back(*a++);
    } else if (a == into.end() || b->module < a->module) {
      merged.push_back(*b++);
    } else {
      merged.push_back({a->module, a->operators | b->operators});
      ++a, ++b;
    }
  }
  if (merged.size() > kMaxSources) {
    is_incomplete_ = true;
    merged.erase(merged.begin(), merged.end() - kMaxSources);
  }
  into = std::move(merged);
}

int DataFlow::OperatorId(absl::string_view name) {
  const auto found = operator_ids_.find(name);
  if (found != operator_ids_.end()) return found->second;
  if (operator_ids_.size() == kMaxOperators) {
    is_incomplete_ = true;
    return kMaxOperators;
  }
  const int id = static_cast<int>(operator_ids_.size());
  operator_ids_.emplace(name, id);
  return id;
}

void DataFlow::Connect(const Sources& sources, int to, bool is_output,
                       const TensorSpec& tensor) {
  const size_t max_edges = kMaxEdgesPerModule * has_children_.size() + 1024;
  for (const Source& source : sources) {
    const uint64_t ends =
        static_cast<uint64_t>(source.module) << 32 | static_cast<uint32_t>(to);
    const auto [place, is_new] =
        places_.try_emplace({ends, is_output}, connections_.size());
    if (is_new) {
      if (connections_.size() >= max_edges) {
        places_.erase(place);
        is_incomplete_ = true;
        continue;
      }
      connections_.push_back({source.module, to, is_output, {}, {}});
    }
    Connection& connection = connections_[place->second];
    connection.operators |= source.operators;
    AddForm(tensor, connection);
  }
}

void DataFlow::AddForm(const TensorSpec& tensor, Connection& connection) {
  for (const Form& form : connection.forms) {
    if (form.dtype == tensor.dtype && form.shape == tensor.shape) return;
  }
  if (connection.forms.size() == kMaxTensors) {
    is_incomplete_ = true;
  } else {
    connection.forms.push_back({tensor.shape, tensor.dtype});
  }
}

void DataFlow::AddEdges(Summary& summary) const {
  std::vector<absl::string_view> names(operator_ids_.size());
  for (const auto& [name, id] : operator_ids_) names[id] = ShortName(name);
  summary.mutable_edges()->Reserve(static_cast<int>(connections_.size()));
  for (const Connection& connection : connections_) {
    Edge* edge = summary.add_edges();
    edge->set_from(connection.from);
    edge->set_to(connection.to);
    if (connection.is_output) edge->set_output(true);
    for (const Form& form : connection.forms) {
      Tensor* tensor = edge->add_tensors();
      tensor->mutable_shape()->Add(form.shape.begin(), form.shape.end());
      tensor->set_dtype(std::string(DTypeName(form.dtype)));
    }
    absl::flat_hash_set<absl::string_view> told;
    for (size_t i = 0; i < names.size(); ++i) {
      if (connection.operators[i] && told.insert(names[i]).second) {
        edge->add_operators(std::string(names[i]));
      }
    }
  }
  if (is_incomplete_) summary.set_edges_incomplete(true);
}

}  // namespace strata
