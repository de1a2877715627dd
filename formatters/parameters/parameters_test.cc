#include "formatters/parameters/parameters.h"

#include <string>

#include "core/plugin.h"
#include "core/summary.pb.h"
#include "formatters/common/test_layers.h"
#include "formatters/common/test_summaries.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

extern "C" const strata::PluginEntry* strata_plugin_parameters();

namespace strata::formatters {
namespace {

std::string Parameters(const Summary& summary,
                       const FormatOptions& options = {}) {
  StringSink sink;
  EXPECT_THAT(ParametersFormatter().Format(summary, options, sink), IsOk());
  return sink.text();
}

// `b` is the module `a` again.
Summary Net() {
  Summary summary = EmptyModel("Net");
  AddParameter(*summary.mutable_layers(0), "scale", {});
  for (const char* name : {"a", "b"}) {
    const std::string other = *name == 'a' ? "b" : "a";
    Layer& layer = AddLayer(summary, 0, name, "Linear");
    layer.set_path(name);
    layer.add_shared_with(other);
    AddParameter(layer, "weight", {2, 3}).set_shared_with(other + ".weight");
    AddParameter(layer, "bias", {2}).set_shared_with(other + ".bias");
    layer.mutable_parameters(1)->set_trainable(false);
    Buffer& buffer = *layer.add_buffers();
    buffer.set_name("mean");
    buffer.set_dtype("int64");
    buffer.add_shape(7);
  }
  return summary;
}

TEST(ParametersTest, ListsEachTensorOnce) {
  EXPECT_EQ(Parameters(Net()), R"(Parameter  Shape   Dtype    Trainable
scale      []      float32  yes
a.weight   [2, 3]  float32  yes  shared with b.weight
a.bias     [2]     float32  no  shared with b.bias

Buffer  Shape  Dtype
a.mean  [7]    int64
)");
}

TEST(ParametersTest, MatchPicksModules) {
  FormatOptions options;
  options.match = "^Net$";
  EXPECT_EQ(Parameters(Net(), options), R"(Parameter  Shape  Dtype    Trainable
scale      []     float32  yes

Buffer  Shape  Dtype
)");
  StringSink sink;
  options.match = "(";
  EXPECT_TRUE(absl::IsInvalidArgument(
      ParametersFormatter().Format(Net(), options, sink)));
}

TEST(ParametersTest, OneLongNameMovesOnlyItsLine) {
  Summary summary = Net();
  summary.mutable_layers(0)->mutable_parameters(0)->set_name(
      std::string(100000, 'x'));
  EXPECT_LT(Parameters(summary).size(), 110000u);
}

TEST(ParametersTest, IsAPlugin) {
  ASSERT_OK_AND_ASSIGN(auto formatter,
                       strata_plugin_parameters()->make_formatter({}));
  StringSink sink;
  EXPECT_THAT(formatter->Format(Net(), {}, sink), IsOk());
  EXPECT_EQ(sink.text(), Parameters(Net()));
}

}  // namespace
}  // namespace strata::formatters
