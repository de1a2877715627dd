// What watching costs an operator on meta tensors, beside what LibTorch itself
// takes: a chain of additions in one forward, run alone and under a watch that
// counts MACs. Time per item is time per operator.
//
//   bazel run -c opt //bench:watched_operator

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <string>

#include "benchmark/benchmark.h"
#include "core/model.h"
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

RunOptions Options() {
  RunOptions options;
  options.inputs = {{{8, 8}}};
  return options;
}

// LibTorch's share, by the executor that a watched run has.
void BM_LibTorchAlone(benchmark::State& state) {
  torchscript::RegisterShapeKernels();
  const c10::InferenceMode inference;
  torch::jit::getProfilingMode() = false;
  torch::jit::Module chain = Chain();
  const at::Tensor input = at::empty({8, 8}, at::device(c10::kMeta));
  for (auto _ : state) benchmark::DoNotOptimize(chain.forward({input}));
  state.SetItemsProcessed(state.iterations() * kOperators);
}
BENCHMARK(BM_LibTorchAlone);

void BM_Watched(benchmark::State& state) {
  torchscript::RegisterShapeKernels();
  const torch::jit::Module chain = Chain();
  torchscript::TorchScriptModel model(
      chain, *torchscript::ReadModuleTree(chain), {}, c10::Device(c10::kMeta));
  metrics::MacsMetric macs;
  for (auto _ : state) {
    benchmark::DoNotOptimize(model.Run(Options(), macs));
  }
  state.SetItemsProcessed(state.iterations() * kOperators);
}
BENCHMARK(BM_Watched);

}  // namespace
}  // namespace strata

BENCHMARK_MAIN();
