#include "core/open_sizes.h"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/summary_builder.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

// Gives one tensor whose size is a function of its open size `s`.
class OpenModel : public Model {
 public:
  explicit OpenModel(std::function<int64_t(int64_t)> size)
      : tree_(TreeOf({""})), size_(std::move(size)) {}

  const ModuleTree& modules() const override { return tree_; }
  std::vector<std::string> devices() const override { return {kShapeDevice}; }
  std::vector<Dimension> dimensions() const override { return {{"s", 8, 2}}; }
  bool has_recorded_inputs() const override { return true; }

  absl::Status Run(const RunOptions& options, ModuleVisitor& visitor) override {
    int64_t s = 8;
    for (const auto& [name, size] : options.dimensions) s = size;
    const int64_t size = size_(s);
    if (size < 0) return absl::UnimplementedError("not at this size");
    visitor.BeginRun(tree_, ConditionsOf(options, kShapeDevice));
    const TensorSpec tensor = Float({s, size, 5});
    ModuleCall call;
    call.inputs = absl::MakeConstSpan(&tensor, 1);
    visitor.EnterModule(call);
    call.outputs = call.inputs;
    visitor.LeaveModule(call);
    visitor.EndRun();
    return absl::OkStatus();
  }

 private:
  ModuleTree tree_;
  std::function<int64_t(int64_t)> size_;
};

Summary SummaryOf(Model& model, const RunOptions& options) {
  SummaryBuilder builder(model.modules(), ModelInfo());
  EXPECT_THAT(model.Run(options, builder), IsOk());
  Summary summary = builder.Build();
  PluginHost host(std::vector<std::string>{});
  AddExpressions(host, {}, {}, model, options, summary);
  return summary;
}

std::vector<std::string> OutputShape(const Summary& summary) {
  const Tensor& output = summary.layers(0).calls(0).outputs(0);
  return {output.symbolic_shape().begin(), output.symbolic_shape().end()};
}

using Texts = std::vector<std::string>;

TEST(OpenSizesTest, ShapesAndTotalsAreExpressions) {
  OpenModel model([](int64_t s) { return 3 * s * s + 1; });
  const Summary summary = SummaryOf(model, RunOptions());
  EXPECT_EQ(OutputShape(summary), Texts({"s", "3*s^2 + 1", "5"}));
  EXPECT_EQ(summary.total_expressions().at("input_bytes").text(),
            "60*s^3 + 20*s");
  ASSERT_EQ(summary.run().open_sizes_size(), 1);
  EXPECT_EQ(summary.run().open_sizes(0).size(), 8);
  EXPECT_FALSE(summary.run().open_sizes(0).has_max());
  EXPECT_TRUE(summary.warnings().empty());
}

TEST(OpenSizesTest, WhatIsNoPolynomialIsMarked) {
  OpenModel model([](int64_t s) { return (s - 1) / 2 + 1; });
  const Summary summary = SummaryOf(model, RunOptions());
  EXPECT_EQ(OutputShape(summary), Texts({"s", "4?", "5"}));
  EXPECT_TRUE(summary.total_expressions().at("input_bytes").not_polynomial());
  ASSERT_EQ(summary.warnings_size(), 1);
  EXPECT_NE(summary.warnings(0).find("s=8 alone"), std::string::npos);
}

TEST(OpenSizesTest, AModelThatDoesNotRunAtOthersKeepsItsFigures) {
  OpenModel model([](int64_t s) { return s == 8 ? 4 : -1; });
  const Summary summary = SummaryOf(model, RunOptions());
  EXPECT_TRUE(OutputShape(summary).empty());
  ASSERT_EQ(summary.warnings_size(), 1);
  EXPECT_NE(summary.warnings(0).find("not at this size"), std::string::npos);
}

TEST(OpenSizesTest, ASizeThatWasChosenIsNotOpen) {
  OpenModel model([](int64_t s) { return s; });
  RunOptions options;
  options.dimensions = {{"s", 3}};
  const Summary summary = SummaryOf(model, options);
  EXPECT_TRUE(OutputShape(summary).empty());
  EXPECT_EQ(summary.run().open_sizes_size(), 0);
  EXPECT_EQ(summary.layers(0).calls(0).outputs(0).shape(1), 3);
}

}  // namespace
}  // namespace strata
