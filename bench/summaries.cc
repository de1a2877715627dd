// What the kernel costs a module when it makes a summary and when it shows one:
// a model of 10,000 Linear modules, told without LibTorch.
//
//   bazel build -c opt //bench:summaries //tools:plugins
//   bazel-bin/bench/summaries $PWD/bazel-bin/tools/plugins
//
// Goals: 2.5 us a module for each.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "core/summary.pb.h"
#include "google/protobuf/arena.h"

namespace strata {
namespace {

using google::protobuf::Arena;

constexpr int kModules = 10000;

// nn.Sequential of Linear(8, 8). Of each storage the number is that of who made
// it.
ModuleTree Tree() {
  ModuleTree tree;
  tree.modules.resize(kModules + 1);
  tree.modules[0].type = "Sequential";
  tree.modules[0].full_type = "torch.nn.modules.container.Sequential";
  tree.modules[0].identity = 1;
  for (int i = 1; i <= kModules; ++i) {
    Module& module = tree.modules[i];
    module.name = module.path = absl::StrCat(i - 1);
    module.type = "Linear";
    module.full_type = "torch.nn.modules.linear.Linear";
    module.parent = 0;
    module.depth = 1;
    module.identity = static_cast<uint64_t>(i) + 1;
    const uint64_t storage = 10 * static_cast<uint64_t>(i);
    module.parameters = {
        {"weight", {{8, 8}, DType::kFloat32, storage, 0, 256}, true},
        {"bias", {{8}, DType::kFloat32, storage + 1, 0, 32}, true}};
    module.attributes = {{"in_features", "8"}, {"out_features", "8"}};
  }
  return tree;
}

class Sequential : public Model {
 public:
  const ModuleTree& modules() const override { return tree_; }
  std::vector<std::string> devices() const override { return {kShapeDevice}; }
  bool has_recorded_inputs() const override { return true; }

  absl::Status Run(const RunOptions& options, ModuleVisitor& visitor) override {
    visitor.BeginRun(tree_, ConditionsOf(options, kShapeDevice));
    TensorSpec input = Made(1);
    const TensorSpec first = input;
    visitor.EnterModule({0, 0, {&first, 1}, {}});
    for (int i = 1; i <= kModules; ++i) {
      const TensorSpec output = Made(10 * static_cast<uint64_t>(i) + 2);
      visitor.EnterModule({i, 0, {&input, 1}, {}});
      RunLinear(i, input, output, visitor);
      visitor.LeaveModule({i, 0, {&input, 1}, {&output, 1}});
      input = output;
    }
    visitor.LeaveModule({0, 0, {&first, 1}, {&input, 1}});
    visitor.EndRun();
    return absl::OkStatus();
  }

 private:
  static TensorSpec Made(uint64_t storage) {
    return {{1, 8}, DType::kFloat32, storage, 0, 32};
  }

  void RunLinear(int module, const TensorSpec& input, const TensorSpec& output,
                 ModuleVisitor& visitor) const {
    const TensorSpec& weight = tree_.modules[module].parameters[0].tensor;
    const TensorSpec& bias = tree_.modules[module].parameters[1].tensor;
    const auto tell = [&](const char* name, int nesting,
                          const std::vector<OpArgument>& arguments,
                          const TensorSpec& made) {
      visitor.VisitOp({name, "", nesting, module, arguments, {&made, 1}});
    };
    tell("aten::as_strided", 3, {weight}, weight);
    tell("aten::transpose", 2, {weight, int64_t{0}, int64_t{1}}, weight);
    tell("aten::t", 1, {weight}, weight);
    tell("aten::addmm", 1, {bias, input, weight, int64_t{1}, int64_t{1}},
         output);
    tell("aten::linear", 0, {input, weight, bias}, output);
  }

  const ModuleTree tree_ = Tree();
};

absl::Status Summarize(PluginHost& host, Model& model, Summary& summary) {
  Summarizer summarizer(host);
  summarizer.Metrics({"params", "macs"});
  ModelInfo info;
  info.set_source("made");
  return summarizer.Summarize(model, std::move(info), summary);
}

void Report(benchmark::State& state) {
  state.counters["time/module"] = benchmark::Counter(
      static_cast<double>(kModules) * state.iterations(),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// Told only, to nobody: what the others include and the kernel does not cost.
void BM_Run(benchmark::State& state) {
  Sequential model;
  ModuleVisitor nobody;
  for (auto _ : state) {
    if (!model.Run(RunOptions(), nobody).ok()) state.SkipWithError("no run");
  }
  Report(state);
}

void BM_Summarize(benchmark::State& state, PluginHost& host) {
  Sequential model;
  for (auto _ : state) {
    Arena arena;
    Summary& summary = *Arena::CreateMessage<Summary>(&arena);
    const absl::Status status = Summarize(host, model, summary);
    if (!status.ok()) state.SkipWithError(status.ToString().c_str());
    benchmark::DoNotOptimize(summary.SerializeAsString());
  }
  Report(state);
}

void BM_Show(benchmark::State& state, PluginHost& host) {
  Sequential model;
  Summary made;
  Summarize(host, model, made).IgnoreError();
  const std::string bytes = made.SerializeAsString();
  for (auto _ : state) {
    Arena arena;
    Summary& summary = *Arena::CreateMessage<Summary>(&arena);
    if (!summary.ParseFromString(bytes)) state.SkipWithError("not parsed");
    const auto table = host.MakeFormatter("table");
    StringSink sink;
    if (!table.ok() || !(*table)->Format(summary, FormatOptions(), sink).ok()) {
      state.SkipWithError("no table");
    }
    benchmark::DoNotOptimize(sink.text());
  }
  Report(state);
}

}  // namespace
}  // namespace strata

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  strata::PluginHost host(strata::PluginFolders(argc > 1 ? argv[1] : ""));
  const auto with_host = [&](auto* measure) {
    return [&host, measure](benchmark::State& state) { measure(state, host); };
  };
  benchmark::RegisterBenchmark("run alone", strata::BM_Run);
  benchmark::RegisterBenchmark("summarize", with_host(strata::BM_Summarize));
  benchmark::RegisterBenchmark("table of bytes", with_host(strata::BM_Show));
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
