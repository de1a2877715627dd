// Which module's output feeds which module's input, by tensor identity.

#ifndef STRATA_CORE_DATA_FLOW_H_
#define STRATA_CORE_DATA_FLOW_H_

#include <bitset>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "core/module_visitor.h"
#include "core/summary.pb.h"

namespace strata {

// Watches one run, with its operators (RunOptions::watch_operators): without
// them a tensor that a module's own code makes would be taken for an older one
// whose memory it got. Keeps of each storage the modules that its content came
// from. What the edges mean: Edge in core/summary.proto.
//
// Linear in calls and operators, by these limits; what is beyond them is left
// out, and Summary::edges_incomplete says so.
class DataFlow : public ModuleVisitor {
 public:
  // Modules that one tensor is known to come from; of more, the last in
  // registration order.
  static constexpr int kMaxSources = 64;
  // Edges of the whole model, on average for each module.
  static constexpr int kMaxEdgesPerModule = 16;
  // Forms (shape and dtype) that one edge lists.
  static constexpr int kMaxTensors = 8;
  // Different operators between modules that are told by their names.
  static constexpr int kMaxOperators = 128;

  void BeginRun(const ModuleTree& tree, const RunInfo& run) override;
  void EnterModule(const ModuleCall& call) override;
  void LeaveModule(const ModuleCall& call) override;
  void VisitOp(const OpCall& op) override;

  // The edges, in the order in which they first appeared.
  void AddEdges(Summary& summary) const;

 private:
  using Operators = std::bitset<kMaxOperators>;

  // A module that gave a tensor, and the operators that changed it since.
  struct Source {
    int module;
    Operators operators;
  };
  using Sources = absl::InlinedVector<Source, 2>;  // By module.

  struct OpenCall {
    int module;
    bool called_others = false;
    // Of a module with children: what its inputs came from when it began.
    absl::InlinedVector<std::pair<uint64_t, Sources>, 1> inputs = {};
  };

  struct Form {
    Shape shape;
    DType dtype;
  };

  struct Connection {
    int from;
    int to;
    bool is_output;
    Operators operators;
    absl::InlinedVector<Form, 1> forms;
  };

  void Connect(const Sources& sources, int to, bool is_output,
               const TensorSpec& tensor);
  void AddForm(const TensorSpec& tensor, Connection& connection);
  void Merge(const TensorSpec& tensor, Sources& into);
  int OperatorId(absl::string_view name);

  std::vector<bool> has_children_;  // By module.
  std::vector<OpenCall> open_;
  absl::flat_hash_map<uint64_t, Sources> sources_;  // By storage.
  std::vector<Connection> connections_;
  // Where in connections_, by both ends.
  absl::flat_hash_map<std::pair<uint64_t, bool>, size_t> places_;
  absl::flat_hash_map<std::string, int> operator_ids_;
  bool is_incomplete_ = false;
};

}  // namespace strata

#endif  // STRATA_CORE_DATA_FLOW_H_
