// Models of the C++ API agree with their TorchScript twins, module by module.

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "core/plugin.h"
#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "gtest/gtest.h"
#include "plugins/sources/torch_module/functional_models.h"
#include "plugins/sources/torch_module/summarize.h"
#include "plugins/sources/torch_module/test_models.h"
#include "tests/testing.h"

extern "C" const strata::PluginEntry* strata_plugin_macs();
extern "C" const strata::PluginEntry* strata_plugin_memory();
extern "C" const strata::PluginEntry* strata_plugin_params();
extern "C" const strata::PluginEntry* strata_plugin_torchscript();

namespace strata::torch_module {
namespace {

PluginHost HostOf() {
  PluginHost host;
  host.AddStatic(strata_plugin_torchscript());
  host.AddStatic(strata_plugin_params());
  host.AddStatic(strata_plugin_macs());
  host.AddStatic(strata_plugin_memory());
  return host;
}

absl::StatusOr<Summary> OfTwin(const std::string& file,
                               std::vector<InputSpec> inputs, bool training,
                               std::vector<std::string> metrics = {"params",
                                                                   "macs"}) {
  PluginHost host = HostOf();
  Summarizer summarizer(host);
  summarizer.Metrics(std::move(metrics)).Inputs(std::move(inputs));
  // Really: a run on shapes has rules of its own for attention.
  summarizer.Device("cpu").Training(training);
  return summarizer.Summarize(DataPath(file));
}

std::string ShapesText(
    const google::protobuf::RepeatedPtrField<Tensor>& tensors) {
  return absl::StrJoin(tensors, " ", [](std::string* out, const Tensor& one) {
    absl::StrAppend(out, "[", absl::StrJoin(one.shape(), ","), "]",
                    one.dtype());
  });
}

// What has to be equal, a line for each module: its class, what it gave in
// each call, parameters and multiply-accumulates.
std::vector<std::string> Lines(const Summary& summary, bool inputs) {
  std::vector<std::string> lines;
  for (const Layer& layer : summary.layers()) {
    std::string line = absl::StrCat(layer.path(), " ", layer.type());
    for (const Call& call : layer.calls()) {
      if (inputs) absl::StrAppend(&line, " ", ShapesText(call.inputs()));
      absl::StrAppend(&line, " -> ", ShapesText(call.outputs()));
    }
    for (const auto& [column, value] : std::map<std::string, MetricValue>(
             layer.metrics().begin(), layer.metrics().end())) {
      absl::StrAppend(&line, " ", column, "=", value.self(), "/",
                      value.total());
    }
    lines.push_back(line);
  }
  return lines;
}

struct TwinsCase {
  std::string file;
  std::function<absl::StatusOr<Summary>(const ModuleSummaryOptions&)> summarize;
  std::vector<InputSpec> inputs;
  // Of the whole model: parameters and multiply-accumulates.
  int64_t params;
  int64_t macs;
  bool training = false;
  bool compares_inputs = true;
  // What LibTorch does in another way than Python: what it says, and what
  // Python's modules have in its place.
  std::vector<std::pair<std::string, std::string>> differences = {};
};

at::Tensor Image(int64_t channels, int64_t size) {
  return torch::zeros({1, channels, size, size});
}
at::Tensor Tokens(int64_t length) {
  return torch::zeros({2, length}, torch::kInt64);
}

template <typename Model>
auto Given(Model model, at::Tensor input) {
  return [=](const ModuleSummaryOptions& options) mutable {
    return Summarize(model, {input}, options);
  };
}

std::vector<TwinsCase> Cases() {
  // Weights and biases, by layer.
  constexpr int64_t kLeNetParams = (1 * 6 * 25 + 6) + (6 * 16 * 25 + 16) +
                                   (400 * 120 + 120) + (120 * 84 + 84) +
                                   (84 * 10 + 10);
  constexpr int64_t kLeNetMacs =
      6 * 25 * 28 * 28 + 16 * 6 * 25 * 10 * 10 + 400 * 120 + 120 * 84 + 84 * 10;
  // torchvision's figures; tests/models/torchvision_reference.csv.
  constexpr int64_t kResNetParams = 11689512;
  constexpr int64_t kResNetMacs = 1814073344;
  // Of a block of width 32: norms, attention and two layers of 4 * 32; with 7
  // tokens each of 2 sequences, and the products of attention.
  constexpr int64_t kBlockParams = 2 * 2 * 32 + (32 * 96 + 96) +
                                   (32 * 32 + 32) + (32 * 128 + 128) +
                                   (128 * 32 + 32);
  constexpr int64_t kBlockMacs =
      2 * 7 * (32 * 96 + 32 * 32 + 2 * 32 * 128) + 2 * 2 * 7 * 7 * 32;
  constexpr int64_t kDecoderParams =
      50 * 32 + 16 * 32 + 3 * kBlockParams + 2 * 32;
  constexpr int64_t kDecoderMacs = 3 * kBlockMacs + 2 * 7 * 32 * 50;
  // Four gates, of the input and of the hidden state, in two layers.
  constexpr int64_t kGates = 4 * 16;
  constexpr int64_t kLanguageParams =
      50 * 16 + 2 * (kGates * 16 + kGates * 16 + 2 * kGates) + 50;
  constexpr int64_t kLanguageMacs =
      2 * 6 * (2 * (kGates * 16 + kGates * 16) + 16 * 50);
  // The encoder's layers of width 64, on 8 sequences of 8 tokens, so that it
  // does not matter which of the two dimensions comes first.
  constexpr int64_t kLayerParams = (64 * 192 + 192) + (64 * 64 + 64) +
                                   (64 * 128 + 128) + (128 * 64 + 64) +
                                   2 * 2 * 64;
  constexpr int64_t kLayerMacs =
      8 * 8 * (64 * 192 + 64 * 64 + 2 * 64 * 128) + 2 * 8 * 8 * 8 * 64;
  const InputSpec image = {{1, 3, 224, 224}};
  const InputSpec digit = {{1, 1, 28, 28}};
  const InputSpec tokens7 = {{2, 7}, DType::kInt64};
  const InputSpec tokens6 = {{2, 6}, DType::kInt64};
  const std::string lenet = "examples/models/lenet.pt";
  const std::string resnet = "tests/models/torchvision/resnet18.scripted.pt";
  const std::string decoder = "tests/models/cpp_twins/decoder.pt";
  const std::string language = "tests/models/small/lstm_language_model.pt";
  const std::string encoder = "tests/models/small/transformer.pt";
  const nn::TransformerEncoderLayerOptions layer =
      nn::TransformerEncoderLayerOptions(64, 4).dim_feedforward(128);
  const nn::TransformerEncoder torch_encoder(
      nn::TransformerEncoderOptions(layer, 2));
  return {
      {lenet, Given(LeNet5(), Image(1, 28)), {digit}, kLeNetParams, kLeNetMacs},
      {lenet,
       Given(LeNet5(true), Image(1, 28)),
       {digit},
       kLeNetParams,
       kLeNetMacs},
      {resnet,
       Given(ResNet(), Image(3, 224)),
       {image},
       kResNetParams,
       kResNetMacs},
      {resnet,
       Given(ResNet(true), Image(3, 224)),
       {image},
       kResNetParams,
       kResNetMacs},
      // A batch of two, as in training.
      {resnet,
       Given(ResNet(), torch::rand({2, 3, 224, 224})),
       {{{2, 3, 224, 224}}},
       kResNetParams,
       2 * kResNetMacs,
       true},
      {decoder,
       Given(Decoder(), Tokens(7)),
       {tokens7},
       kDecoderParams,
       kDecoderMacs},
      {decoder,
       Given(Decoder(true), Tokens(7)),
       {tokens7},
       kDecoderParams,
       kDecoderMacs},
      {language,
       Given(LanguageModel(), Tokens(6)),
       {tokens6},
       kLanguageParams,
       kLanguageMacs,
       false,
       false},
      // In eval mode TorchScript would take one operator for a whole layer. Its
      // attention always gives its weights, too, in C++.
      {encoder,
       Given(torch_encoder, torch::rand({8, 8, 64})),
       {{{8, 8, 64}}},
       2 * kLayerParams,
       2 * kLayerMacs,
       true,
       false,
       {{"MultiheadAttention -> [8,8,64]float32 [8,8,8]float32",
         "MultiheadAttention -> [8,8,64]float32"},
        {"out_proj Linear", "out_proj NonDynamicallyQuantizableLinear"}}},
  };
}

TEST(TwinsTest, AgreeByModule) {
  for (const TwinsCase& twins : Cases()) {
    SCOPED_TRACE(twins.file);
    ModuleSummaryOptions options;
    options.training = twins.training;
    ASSERT_OK_AND_ASSIGN(const Summary ours, twins.summarize(options));
    ASSERT_OK_AND_ASSIGN(const Summary twin,
                         OfTwin(twins.file, twins.inputs, twins.training));
    std::vector<std::string> lines = Lines(ours, twins.compares_inputs);
    for (std::string& line : lines) {
      line = absl::StrReplaceAll(line, twins.differences);
    }
    EXPECT_THAT(lines,
                testing::ElementsAreArray(Lines(twin, twins.compares_inputs)));
    EXPECT_EQ(ours.totals().at("params"), twins.params);
    EXPECT_EQ(ours.totals().at("macs"), twins.macs);
  }
}

// Memory is told as it is for a file, though modules are known only afterwards.
// How long a tensor lives is the code's: in C++ all that is made in one
// expression lives to its end. What is kept for training is the same.
TEST(TwinsTest, AgreeOnMemory) {
  PluginHost host = HostOf();
  ModuleSummaryOptions options;
  options.host = &host;
  options.metrics = {"memory"};
  ResNet resnet;
  const std::vector<std::string> memory = {"memory"};
  ASSERT_OK_AND_ASSIGN(
      const Summary ours,
      Summarize(resnet, {torch::rand({1, 3, 64, 64})}, options));
  ASSERT_OK_AND_ASSIGN(const Summary twin,
                       OfTwin("tests/models/torchvision/resnet18.scripted.pt",
                              {{{1, 3, 64, 64}}}, false, memory));
  for (const char* name : {"param_bytes", "buffer_bytes", "gradient_bytes",
                           "saved_bytes", "adam_bytes"}) {
    EXPECT_EQ(ours.totals().at(name), twin.totals().at(name)) << name;
  }
  for (int i = 0; i < twin.layers_size(); ++i) {
    EXPECT_EQ(ours.layers(i).metrics().at("saved_bytes").self(),
              twin.layers(i).metrics().at("saved_bytes").self())
        << twin.layers(i).path();
  }
  // A first expression: what its layers give, the pool's indices (int64), too.
  constexpr int64_t kConvolved = 64 * 32 * 32 * 4;
  constexpr int64_t kPooled = 64 * 16 * 16 * (4 + 8);
  EXPECT_EQ(ours.totals().at("activation_bytes"), 2 * kConvolved + kPooled);
}

// LeNet's highest point is its first ReLU, however long others live.
TEST(TwinsTest, AgreeOnThePredictedMemoryOfTraining) {
  PluginHost host = HostOf();
  ModuleSummaryOptions options;
  options.host = &host;
  options.metrics = {"memory"};
  ASSERT_OK_AND_ASSIGN(
      const Summary ours,
      Summarize(LeNet5(), {torch::rand({1, 1, 28, 28})}, options));
  ASSERT_OK_AND_ASSIGN(const Summary twin,
                       OfTwin("examples/models/lenet.pt", {{{1, 1, 28, 28}}},
                              false, {"memory"}));
  for (const auto& [name, value] : twin.totals()) {
    EXPECT_EQ(ours.totals().at(name), value) << name;
  }
}

TEST(TwinsTest, ModulesThatSayNothingAgreeWithThoseThatSayWhenTheyRun) {
  const at::Tensor image = torch::rand({1, 3, 16, 16});
  struct Pair {
    const char* name;
    absl::StatusOr<Summary> plain;
    absl::StatusOr<Summary> scoped;
  };
  for (const Pair& pair :
       std::vector<Pair>{{"ResNet", Summarize(FunctionalResNet(false), {image}),
                          Summarize(FunctionalResNet(true), {image})},
                         {"UNet", Summarize(UNet(false), {image}),
                          Summarize(UNet(true), {image})},
                         {"Siamese", Summarize(Siamese(false), {image}),
                          Summarize(Siamese(true), {image})},
                         {"Autoencoder", Summarize(Autoencoder(false), {image}),
                          Summarize(Autoencoder(true), {image})}}) {
    SCOPED_TRACE(pair.name);
    ASSERT_THAT(pair.plain, IsOk());
    ASSERT_THAT(pair.scoped, IsOk());
    EXPECT_THAT(Lines(*pair.plain, true),
                testing::ElementsAreArray(Lines(*pair.scoped, true)));
  }
}

}  // namespace
}  // namespace strata::torch_module
