#include "plugins/sources/torch_module/summarize.h"

#include <ATen/CPUGeneratorImpl.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/plugin.h"
#include "core/summarizer.h"
#include "gtest/gtest.h"
#include "plugins/sources/torch_module/odd_modules.h"
#include "plugins/sources/torch_module/test_models.h"
#include "tests/testing.h"

extern "C" const strata::PluginEntry* strata_plugin_latency();
extern "C" const strata::PluginEntry* strata_plugin_macs();

namespace strata::torch_module {
namespace {

// All that can be seen of a module and of the process, as text.
std::string StateOf(const nn::Module& root) {
  std::ostringstream out;
  out.precision(9);
  for (const auto& item : root.named_modules()) {
    out << item.key() << (item.value()->is_training() ? " train\n" : " eval\n");
  }
  const auto add = [&](const std::string& name, const at::Tensor& tensor) {
    out << name << " " << tensor.unsafeGetTensorImpl() << " "
        << tensor.storage().unsafeGetStorageImpl() << " version "
        << tensor._version() << " gradient " << tensor.requires_grad() << " "
        << tensor.grad() << "\n"
        << tensor << "\n";
  };
  for (const auto& item : root.named_parameters()) add(item.key(), *item);
  for (const auto& item : root.named_buffers()) add(item.key(), *item);
  out << torch::GradMode::is_enabled() << " " << torch::get_num_threads() << " "
      << at::detail::getDefaultCPUGenerator().get_state().sum();
  return out.str();
}

TEST(SummarizeTest, LeavesTheModuleAsItWas) {
  for (const bool raises : {false, true}) {
    for (const bool training : {false, true}) {
      Meddler module;
      module->raises = raises;
      // A gradient that is there, and one that waits for its backward pass.
      module->fc->weight.mutable_grad() = torch::ones({2, 4});
      const at::Tensor waiting =
          (module->fc->weight * module->fc->weight).sum();
      const at::Tensor input = torch::rand({3, 4});
      const std::string before = StateOf(*module);
      ModuleSummaryOptions options;
      options.training = training;
      const auto summary = Summarize(module, {input}, options);
      EXPECT_EQ(summary.ok(), !raises) << summary.status();
      EXPECT_EQ(StateOf(*module), before);
      EXPECT_NO_THROW(waiting.backward());
    }
  }
}

TEST(SummarizeTest, TheMeddlerMeddlesWithoutUs) {
  Meddler module;
  const std::string before = StateOf(*module);
  module->forward(torch::rand({3, 4}));
  EXPECT_NE(StateOf(*module), before);
  torch::GradMode::set_enabled(true);
}

TEST(SummarizeTest, GivenInputsAreLeftAsTheyWere) {
  nn::Sequential module(nn::ReLU(nn::ReLUOptions(true)));
  const at::Tensor input = torch::full({2}, -1.0);
  ASSERT_THAT(Summarize(module, {input}), IsOk());
  EXPECT_TRUE(input.equal(torch::full({2}, -1.0)));
}

TEST(SummarizeTest, ErrorsSayWhatAndWhere) {
  const std::vector<at::Tensor> one = {torch::zeros({2, 8})};
  const std::vector<at::Tensor> two = {torch::zeros({2, 8}),
                                       torch::zeros({2, 8})};
  struct Wrong {
    absl::StatusOr<Summary> summary;
    absl::StatusCode code;
    const char* text;
  };
  Raising raising(false);
  Raising scoped(true);
  Raising none{nullptr};
  std::shared_ptr<RaisingImpl> no_pointer;
  nn::AnyModule no_module;
  for (const Wrong& wrong : std::vector<Wrong>{
           {Summarize(raising, one), absl::StatusCode::kInternal,
            "cannot run model: forward raised in 'fc' (Linear), given "
            "[2x4 float32]: "},
           {Summarize(scoped, one), absl::StatusCode::kInternal,
            "cannot run model: forward raised in 'block' (Sequential), given "
            "[]: no"},
           {Summarize(raising, two), absl::StatusCode::kInvalidArgument,
            "cannot run model: forward takes 1 tensor, and was given 2"},
           {Summarize(none, one), absl::StatusCode::kInvalidArgument,
            "there is no module"},
           {Summarize(no_pointer, one), absl::StatusCode::kInvalidArgument,
            "there is no module"},
           {Summarize(no_module, one), absl::StatusCode::kInvalidArgument,
            "there is no module"},
           {Summarize(raising, {at::Tensor()}),
            absl::StatusCode::kInvalidArgument,
            "input 0 is a tensor that is not defined"},
           {SummarizeCall(
                raising.get(),
                [](std::vector<at::Tensor>) -> Outputs { throw 7; }, one),
            absl::StatusCode::kInternal, "is no std::exception"},
           {SummarizeCall(
                raising.get(),
                [&](std::vector<at::Tensor>) -> Outputs {
                  const auto inner = Summarize(raising, one);
                  throw std::runtime_error(inner.status().ToString());
                },
                one),
            absl::StatusCode::kInternal,
            "a module is being summarised on this thread already"}}) {
    EXPECT_THAT(wrong.summary, IsError(wrong.code, wrong.text));
  }
}

TEST(SummarizeTest, TakesModulesOfAllForms) {
  const std::vector<at::Tensor> input = {torch::zeros({2, 8})};
  nn::Linear holder(8, 3);
  std::shared_ptr<nn::LinearImpl> pointer = holder.ptr();
  nn::AnyModule any(holder);
  nn::Sequential sequence(holder);
  const nn::Linear constant(8, 3);
  for (const auto& summary :
       {Summarize(holder, input), Summarize(pointer, input),
        Summarize(pointer.get(), input), Summarize(*pointer, input),
        Summarize(any, input), Summarize(sequence, input),
        Summarize(constant, input), Summarize(nn::Linear(8, 3), input)}) {
    ASSERT_THAT(summary, IsOk());
    EXPECT_EQ(summary->totals().at("macs"), 2 * 8 * 3);
    EXPECT_EQ(summary->totals().at("params"), 8 * 3 + 3);
    EXPECT_EQ(summary->layers(0).calls(0).outputs(0).shape(1), 3);
    EXPECT_THAT(summary->warnings(), testing::IsEmpty());
  }
}

TEST(SummarizeTest, FindsTheTensorsThatForwardGives) {
  const at::Tensor x = torch::zeros({2, 3});
  ASSERT_OK_AND_ASSIGN(const Summary many, Summarize(ManyOutputs(), {x, x}));
  EXPECT_EQ(many.layers(0).calls(0).inputs_size(), 2);
  EXPECT_EQ(many.layers(0).calls(0).outputs_size(), 3);
  // In a struct of the user's own: what was made last.
  ASSERT_OK_AND_ASSIGN(const Summary own,
                       Summarize(OwnStruct(), {torch::zeros({2, 8})}));
  ASSERT_EQ(own.layers(0).calls(0).outputs_size(), 1);
  EXPECT_EQ(own.layers(0).calls(0).outputs(0).shape(1), 2);
}

std::vector<std::string> InferredPaths(const Summary& summary) {
  std::vector<std::string> paths;
  for (const Layer& layer : summary.layers()) {
    for (const std::string& flag : layer.flags()) {
      if (flag == "inferred") paths.push_back(layer.path());
    }
  }
  return paths;
}

TEST(SummarizeTest, MarksWhatItWorkedOut) {
  const at::Tensor digit = torch::zeros({1, 1, 28, 28});
  ASSERT_OK_AND_ASSIGN(const Summary scoped, Summarize(LeNet5(true), {digit}));
  EXPECT_THAT(InferredPaths(scoped), testing::IsEmpty());
  EXPECT_THAT(scoped.warnings(), testing::IsEmpty());
  ASSERT_OK_AND_ASSIGN(const Summary plain, Summarize(LeNet5(), {digit}));
  EXPECT_EQ(InferredPaths(plain).size(), 13u);  // And the root.
  EXPECT_THAT(plain.warnings(),
              testing::ElementsAre(testing::HasSubstr("STRATA_MODULE_SCOPE")));
  // Attributes are those that LibTorch prints.
  EXPECT_EQ(plain.layers(1).attributes().at("kernel_size"), "[5, 5]");
  EXPECT_EQ(plain.layers(1).full_type(), "torch::nn::Conv2d");
}

TEST(SummarizeTest, MetaModulesRunOnShapes) {
  ASSERT_OK_AND_ASSIGN(
      const Summary summary,
      Summarize(Huge(), {torch::empty({2, 1 << 20}, torch::kMeta)}));
  EXPECT_EQ(summary.run().device(), "shape");
  EXPECT_EQ(summary.totals().at("macs"), (int64_t{2} << 20) << 20);
}

TEST(SummarizeTest, SharedModulesStandAtBothPlaces) {
  nn::Linear fc(4, 4);
  nn::Sequential module(fc, fc);
  ASSERT_OK_AND_ASSIGN(const Summary summary,
                       Summarize(module, {torch::zeros({2, 4})}));
  EXPECT_EQ(summary.layers_size(), 3);
  EXPECT_EQ(summary.totals().at("params"), 4 * 4 + 4);
  EXPECT_EQ(summary.totals().at("macs"), 2 * (2 * 4 * 4));
}

TEST(SummarizeTest, ThreadsHaveModulesOfTheirOwn) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 5;
  torch::manual_seed(1);
  const at::Tensor random_before =
      at::detail::getDefaultCPUGenerator().get_state();
  std::vector<std::string> odd(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      ModuleSummaryOptions options;
      options.training = t % 2 == 0;  // Dropout draws.
      for (int round = 0; round < kRounds; ++round) {
        nn::Sequential module(nn::Linear(8 + t, 4), nn::Dropout(),
                              nn::Linear(4, 2));
        const auto summary =
            Summarize(module, {torch::zeros({3, 8 + t})}, options);
        if (!summary.ok()) {
          odd[t] = summary.status().ToString();
        } else if (summary->totals().at("macs") != 3 * ((8 + t) * 4 + 4 * 2) ||
                   summary->layers(2).calls_size() != 1) {
          odd[t] = summary->ShortDebugString();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(odd, testing::Each(""));
}

TEST(TorchModuleTest, RunsWithASummarizerOfOnesOwn) {
  LeNet5 module(true);
  ASSERT_OK_AND_ASSIGN(
      auto model,
      TorchModule::Make(*module,
                        [&](std::vector<at::Tensor> inputs) -> Outputs {
                          return {{module->forward(inputs[0])}};
                        },
                        {}));
  PluginHost host;
  Summarizer summarizer(host);
  // Sizes, from which inputs are made.
  summarizer.Inputs({{{2, 1, 28, 28}}});
  ASSERT_OK_AND_ASSIGN(const Summary summary,
                       summarizer.Summarize(*model, ModelInfo()));
  EXPECT_EQ(summary.layers(0).calls(0).outputs(0).shape(0), 2);
  summarizer.Timeout(absl::ZeroDuration());
  EXPECT_THAT(summarizer.Summarize(*model, ModelInfo()),
              IsError(absl::StatusCode::kDeadlineExceeded,
                      "in the model itself (LeNet5"));
}

TEST(TorchModuleTest, TimesTheWholeAndWhatOpensAScope) {
  LeNet5 module(true);
  PluginHost host;
  host.AddStatic(strata_plugin_latency());
  host.AddStatic(strata_plugin_macs());
  ModuleSummaryOptions options;
  options.host = &host;
  options.metrics = {"latency"};
  ASSERT_OK_AND_ASSIGN(
      const Summary summary,
      Summarize(module, {torch::zeros({1, 1, 28, 28})}, options));
  for (const Layer& layer : summary.layers()) {
    const bool is_known = layer.metrics().contains("latency_us");
    const bool has_scope = layer.path().empty() || layer.parameters().empty();
    EXPECT_EQ(is_known, has_scope) << layer.path();
  }
  EXPECT_THAT(summary.warnings(),
              testing::Contains(testing::HasSubstr("what opens a scope")));
}

}  // namespace
}  // namespace strata::torch_module
