// Looking through the code of a loaded model.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_GRAPH_NODES_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_GRAPH_NODES_H_

#include <torch/csrc/jit/ir/ir.h>

#include <vector>

namespace strata::torchscript {

// The nodes of a graph, those in inner blocks too.
inline std::vector<torch::jit::Node*> NodesOf(torch::jit::Graph& graph) {
  std::vector<torch::jit::Node*> nodes;
  std::vector<torch::jit::Block*> blocks = {graph.block()};
  while (!blocks.empty()) {
    torch::jit::Block* block = blocks.back();
    blocks.pop_back();
    for (torch::jit::Node* node : block->nodes()) {
      nodes.push_back(node);
      for (torch::jit::Block* inner : node->blocks()) blocks.push_back(inner);
    }
  }
  return nodes;
}

// Does it give a tensor that is written into the code?
inline bool IsTensorConstant(const torch::jit::Node& node) {
  return node.kind() == c10::prim::Constant &&
         node.hasAttribute(c10::attr::value) &&
         node.kindOf(c10::attr::value) == torch::jit::AttributeKind::t;
}

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_GRAPH_NODES_H_
