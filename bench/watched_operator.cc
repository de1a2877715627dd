// What watching costs an operator on meta tensors, beside what LibTorch itself
// takes: a chain of additions in one forward, run alone and under a watch that
// counts MACs. Time per item is time per operator.
//
//   bazel run -c opt //bench:watched_operator

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/module.h>

#include <string>

#include "benchmark/benchmark.h"
#include "core/model.h"
#include "core/module_visitor.h"
#include "plugins/metrics/macs/macs.h"
#include "plugins/sources/torchscript/module_reader.h"
#include "plugins/sources/torchscript/shape_kernels.h"
#include "plugins/sources/torchscript/torchscript_model.h"

namespace strata {
namespace {

constexpr int kOperators = 1000;

torch::jit::Module Chain() {
  torch::jit::Module module("Chain");
  std::string code = "def forward(self, x):\n";
  for (int i = 0; i < kOperators; ++i) code += "  x = torch.add(x, x)\n";
  module.define(code + "  return x\n");
  module.register_attribute("training", c10::BoolType::get(), false);
  return module;
}

RunOptions Options(bool watch_operators) {
  RunOptions options;
  options.inputs = {{{8, 8}}};
  options.watch_operators = watch_operators;
  return options;
}

// LibTorch's share: the same run, of which nobody is told a thing.
void BM_Unwatched(benchmark::State& state) {
  torchscript::RegisterShapeKernels();
  const torch::jit::Module chain = Chain();
  torchscript::TorchScriptModel model(
      chain, *torchscript::ReadModuleTree(chain), {}, /*shapes_only=*/true);
  ModuleVisitor nobody;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.Run(Options(false), nobody));
  }
  state.SetItemsProcessed(state.iterations() * kOperators);
}
BENCHMARK(BM_Unwatched);

void BM_Watched(benchmark::State& state) {
  torchscript::RegisterShapeKernels();
  const torch::jit::Module chain = Chain();
  torchscript::TorchScriptModel model(
      chain, *torchscript::ReadModuleTree(chain), {}, /*shapes_only=*/true);
  metrics::MacsMetric macs;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.Run(Options(true), macs));
  }
  state.SetItemsProcessed(state.iterations() * kOperators);
}
BENCHMARK(BM_Watched);

}  // namespace
}  // namespace strata

BENCHMARK_MAIN();
