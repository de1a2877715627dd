#include "formatters/repr/repr.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/plugin.h"
#include "core/summary.pb.h"
#include "formatters/common/test_layers.h"
#include "formatters/common/test_summaries.h"
#include "formatters/repr/extra_repr.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

extern "C" const strata::PluginEntry* strata_plugin_repr();

namespace strata::formatters::repr {
namespace {

std::string Repr(const Summary& summary, const FormatOptions& options = {}) {
  StringSink sink;
  EXPECT_THAT(ReprFormatter().Format(summary, options, sink), IsOk());
  return sink.text();
}

using Values = std::map<std::string, std::string>;

Layer LayerOf(const std::string& full_type, const Values& attributes) {
  Layer layer;
  layer.set_full_type(full_type);
  layer.set_type(full_type.substr(full_type.rfind('.') + 1));
  for (const auto& [name, value] : attributes) {
    (*layer.mutable_attributes())[name] = value;
  }
  return layer;
}

const Values kConv = {{"in_channels", "3"},         {"out_channels", "64"},
                      {"kernel_size", "[7, 7]"},    {"stride", "[2, 2]"},
                      {"padding", "[0, 0]"},        {"dilation", "[1, 1]"},
                      {"output_padding", "[0, 0]"}, {"groups", "1"},
                      {"padding_mode", "zeros"}};

// Those of PyTorch's own layers are compared with PyTorch: tests/e2e/
// repr_test.py. Here what no file of it has.
TEST(ExtraReprTest, WhatIsNotKnownSaysSo) {
  EXPECT_THAT(ExtraRepr(LayerOf("torch.nn.modules.conv.Conv2d", kConv)),
              testing::ElementsAre(
                  "3, 64, kernel_size=(7, 7), stride=(2, 2), bias=False"));
  Layer bare = LayerOf("torch.nn.modules.conv.Conv2d", {});
  EXPECT_THAT(ExtraRepr(bare),
              testing::ElementsAre("?, ?, kernel_size=?, stride=?, ..., "
                                   "bias=False, ..."));
  AddParameter(bare, "weight", {64, 3, 7});
  AddParameter(bare, "bias", {64});
  EXPECT_THAT(ExtraRepr(bare),
              testing::ElementsAre("?, 64, kernel_size=(7,), stride=?, ..."));
  Layer odd = LayerOf("torch.nn.modules.conv.Conv2d", {});
  AddParameter(odd, "weight", {});
  EXPECT_EQ(ExtraRepr(odd).size(), 1u);
}

TEST(ExtraReprTest, AClassOfTheSameNameHasNoRule) {
  EXPECT_THAT(ExtraRepr(LayerOf("mine.Conv2d", kConv)), testing::IsEmpty());
  EXPECT_THAT(ExtraRepr(LayerOf("torch.nn.modules.linear.Conv2d", kConv)),
              testing::IsEmpty());
  EXPECT_THAT(ExtraRepr(LayerOf("", {})), testing::IsEmpty());
  EXPECT_THAT(
      ExtraRepr(LayerOf("torch.ao.nn.quantized.modules.conv.Conv2d", {})),
      testing::ElementsAre("..."));
}

TEST(ReprTest, ListsOfParametersAreLines) {
  Summary summary = EmptyModel("Net");
  for (const char* type : {"ParameterList", "ParameterDict"}) {
    Layer& list = AddLayer(summary, 0, type, type);
    list.set_full_type(absl::StrCat("torch.nn.modules.container.", type));
    AddParameter(list, "a", {3, 4});
    if (list.type() == "ParameterDict") continue;
    AddParameter(list, "b", {5}).set_dtype("float16");
  }
  // As PyTorch 2.13 prints them, spaces too.
  EXPECT_EQ(Repr(summary), R"(Net(
  (ParameterList): ParameterList(
      (a): Parameter containing: [torch.float32 of size 3x4]
      (b): Parameter containing: [torch.float16 of size 5]
  )
  (ParameterDict): ParameterDict(  (a): Parameter containing: [torch.FloatTensor of size 3x4])
)
)");
}

TEST(ReprTest, OptionsChangeNothing) {
  FormatOptions options;
  options.depth = 0;
  options.fold = true;
  options.width = 10;
  options.match = "conv";
  EXPECT_EQ(Repr(LeNet(), options), Repr(LeNet()));
}

TEST(ReprTest, WhatDrawsIsReplaced) {
  const std::string text = Repr(HostileNames());
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("\x1b")));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 7);
}

TEST(ReprTest, DeepAndWideModelsTakeLinearTime) {
  for (const Summary& summary : {Sequential(10000), Chain(10000)}) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_LT(Repr(summary).size(), 4u << 20);
    EXPECT_LT(std::chrono::steady_clock::now() - start,
              std::chrono::seconds(5));
  }
  EXPECT_THAT(Repr(Chain(10000)), testing::HasSubstr("(inner): Nest(...)"));
}

TEST(ReprTest, IsAPlugin) {
  ASSERT_OK_AND_ASSIGN(auto formatter,
                       strata_plugin_repr()->make_formatter({}));
  StringSink sink;
  EXPECT_THAT(formatter->Format(LeNet(), {}, sink), IsOk());
  EXPECT_EQ(sink.text(), Repr(LeNet()));
}

}  // namespace
}  // namespace strata::formatters::repr
