#include "plugins/metrics/macs/macs.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "plugins/metrics/macs/formulas.h"
#include "tests/testing.h"

namespace strata::metrics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Value = std::optional<int64_t>;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kLinear = 5 * 4 * 3;  // Linear(4, 3) of five rows.
constexpr int64_t kMm = 2 * 3 * 4;

FakeOp Op(std::string name, int nesting, int module,
          std::vector<OpArgument> arguments = {}, Shape output = {}) {
  return {std::move(name),
          std::move(arguments),
          {Float(std::move(output))},
          nesting,
          module,
          ""};
}
FakeOp Linear(int nesting, int module) {
  return Op("aten::linear", nesting, module, {Float({5, 4}), Float({3, 4})},
            {5, 3});
}
FakeOp Mm(int nesting, int module) {
  return Op("aten::mm", nesting, module, {Float({2, 3}), Float({3, 4})},
            {2, 4});
}
// Takes two floating-point tensors; what it does depends on its name.
FakeOp Binary(std::string name, int nesting, int module = 0) {
  return Op(std::move(name), nesting, module, {Float({7}), Float({7})}, {7});
}
FakeOp Unary(std::string name, int nesting) {
  return Op(std::move(name), nesting, 0, {Float({7}), 2.0, int64_t{1}}, {7});
}

struct Seen {
  std::vector<Value> self;
  std::vector<std::string> warnings;
};

// What the metric says of these operators, which stand in the order in which
// they ended: inner ones first. Modules: the model, "a" and "a.b".
Seen RunOf(const std::vector<FakeOp>& ops) {
  const ModuleTree tree = TreeOf({"", "a", "a.b"});
  MacsMetric metric;
  metric.BeginRun(tree, {"cpu", false});
  for (const FakeOp& op : ops) metric.VisitOp(op.Call());
  metric.EndRun();
  MetricResults results(static_cast<int>(metric.columns().size()), tree.size());
  EXPECT_THAT(metric.Collect(tree, results), IsOk());
  Seen seen;
  for (Count count : results.self(0)) seen.self.push_back(count.value());
  seen.warnings = results.warnings();
  return seen;
}

TEST(MacsTest, OneColumnOfOperators) {
  const MacsMetric metric;
  ASSERT_EQ(metric.columns().size(), 1u);
  EXPECT_EQ(metric.columns()[0].id, "macs");
  EXPECT_EQ(metric.columns()[0].aggregation, Aggregation::kSum);
  EXPECT_EQ(metric.needs(), MetricNeeds::kOperators);
}

struct Case {
  const char* what;
  std::vector<FakeOp> ops;
  int64_t root;  // MACs of the model itself.
};

// Each level stands a column to the right of the one around it.
TEST(MacsTest, TheOutermostFormulaCounts) {
  const Case cases[] = {
      {"nothing ran", {}, 0},
      {"one operator", {Mm(0, 0)}, kMm},
      {"called twice counts twice", {Mm(0, 0), Mm(0, 0)}, kMm + kMm},
      {"what ran inside a formula does not count",
       {Mm(2, 0), Binary("aten::addmm", 1), Linear(0, 0)},
       kLinear},
      {"a composite without a formula counts its inner ones",
       {Mm(1, 0), Linear(1, 0), Binary("aten::einsum", 0)},
       kMm + kLinear},
      {"through two composites",
       {Mm(2, 0), Binary("aten::tensordot", 1), Binary("aten::einsum", 0)},
       kMm},
      {"a formula in the middle",
       {Mm(2, 0), Linear(1, 0), Binary("aten::einsum", 0)},
       kLinear},
      {"an inner one belongs to the next that ends around it",
       {Mm(1, 0), Binary("aten::einsum", 0), Linear(0, 0)},
       kMm + kLinear},
      {"one on nested tensors counts as what it calls",
       {Mm(1, 0),
        Op("aten::linear", 0, 0,
           {NestedTensor{{Float({2, 3}), Float({1, 3})}}, Float({4, 3})})},
       kMm},
      {"a free operator hides nothing",
       {Mm(1, 0), Binary("aten::cdist", 0)},
       kMm},
      {"free operators cost nothing",
       {Unary("aten::relu", 0), Binary("aten::add", 0)},
       0},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.what);
    const Seen seen = RunOf(test.ops);
    EXPECT_THAT(seen.self, ElementsAre(test.root, 0, 0));
    EXPECT_THAT(seen.warnings, IsEmpty());
  }
}

TEST(MacsTest, SelfIsOfTheInnermostModule) {
  const Seen seen = RunOf({Mm(0, 0), Linear(0, 1), Linear(0, 2), Linear(0, 2)});
  EXPECT_THAT(seen.self, ElementsAre(kMm, kLinear, kLinear + kLinear));
}

struct Warned {
  const char* what;
  std::vector<FakeOp> ops;
  std::vector<std::string> warnings;
};

TEST(MacsTest, WhatMayBeMissingIsAWarning) {
  const FakeOp packed =
      Op("prepacked::conv2d_clamp_run", 0, 1,
         {TensorOf(DType::kQUInt8, {1, 3, 9, 9})}, {1, 8, 7, 7});
  const Warned cases[] = {
      {"an unknown operator of two real tensors",
       {Binary("my::product", 0, 1), Binary("my::product", 0, 2)},
       {"MACs may be missing: operator my::product: no formula (2 calls, first "
        "in 'a')"}},
      {"in the model's own code",
       {Binary("my::product", 0)},
       {"MACs may be missing: operator my::product: no formula (1 call, first "
        "in the model itself)"}},
      {"several",
       {Binary("my::b", 0, 2), Binary("my::a", 0, 1)},
       {"MACs may be missing: operator my::a: no formula (1 call, first in "
        "'a')",
        "MACs may be missing: operator my::b: no formula (1 call, first in "
        "'a.b')"}},
      {"the inner one is to blame, not those around it",
       {Binary("my::kernel", 1, 1), Binary("my::outer", 0, 1)},
       {"MACs may be missing: operator my::kernel: no formula (1 call, first "
        "in 'a')"}},
      {"a list of tensors",
       {Op("my::many", 0, 1,
           {std::vector<TensorSpec>{Float({1}), Float({1})}})},
       {"MACs may be missing: operator my::many: no formula (1 call, first in "
        "'a')"}},
      {"a weight that is packed",
       {packed},
       {"MACs may be missing: operator prepacked::conv2d_clamp_run: no "
        "formula (1 call, first in 'a')"}},
      {"inside a formula", {Binary("my::kernel", 1), Linear(0, 0)}, {}},
      {"explained by what it calls",
       {Binary("aten::mul", 1), Binary("aten::add_", 1),
        Binary("aten::my_composite", 0)},
       {}},
      {"a kernel of others' may do more than what it calls",
       {Binary("aten::mul", 1), Binary("my::composite", 0)},
       {"MACs may be missing: operator my::composite: no formula (1 call, "
        "first "
        "in the model itself)"}},
      {"moving data explains nothing",
       {Binary("aten::copy_", 1), Binary("aten::my_composite", 0)},
       {"MACs may be missing: operator aten::my_composite: no formula (1 call, "
        "first in the model itself)"}},
      {"known arithmetic is explained by a product alone",
       {Binary("aten::mul", 1), Binary("aten::linalg_solve", 0)},
       {"MACs may be missing: operator aten::linalg_solve: no formula (1 "
        "call, first in the model itself)"}},
      {"explained by a formula", {Mm(1, 0), Binary("my::composite", 0)}, {}},
      {"one real tensor", {Unary("my::activation", 0)}, {}},
      {"one that is nested",
       {Op("my::activation", 0, 0, {NestedTensor{{Float({1}), Float({2})}}})},
       {}},
      {"one, and where the result goes",
       {{"my::activation",
         {Float({7}), Float({7})},
         {Float({7})},
         0,
         1,
         "out"}},
       {}},
      {"integers",
       {Op("my::lookup", 0, 0, {Float({9, 4}), TensorOf(DType::kInt64, {5})},
           {5, 4})},
       {}},
  };
  for (const Warned& test : cases) {
    SCOPED_TRACE(test.what);
    EXPECT_EQ(RunOf(test.ops).warnings, test.warnings);
  }
}

TEST(MacsTest, OverflowIsUnknownForItsModuleAlone) {
  const FakeOp huge =
      Op("aten::mm", 0, 2, {Float({kMax, 2}), Float({2, 3})}, {kMax, 3});
  const Seen seen = RunOf({Mm(0, 0), huge, Linear(0, 1)});
  EXPECT_THAT(seen.self, ElementsAre(kMm, kLinear, std::nullopt));
  EXPECT_THAT(seen.warnings,
              ElementsAre(HasSubstr("aten::mm: its shapes do not fit"),
                          "MACs are unknown in 1 module: 'a.b'"));
  // A sum that overflows is as unknown as a product.
  const FakeOp half =
      Op("aten::mm", 0, 1, {Float({kMax / 2 + 1, 1}), Float({})},
         {kMax / 2 + 1, 1});
  EXPECT_THAT(RunOf({half, half}).self, ElementsAre(0, std::nullopt, 0));
}

TEST(FreeOperatorsTest, HaveNoFormulaAndNoWarning) {
  for (const char* op :
       {"aten::add", "aten::mul", "aten::where", "aten::batch_norm",
        "aten::layer_norm", "aten::cat", "aten::embedding", "aten::softmax",
        "aten::index_put", "aten::__and__", "aten::cross_entropy_loss"}) {
    for (const std::string& name : {std::string(op), std::string(op) + "_"}) {
      EXPECT_TRUE(IsKnownFree(name)) << name;
      EXPECT_EQ(MacsOf(Binary(name, 0).Call()), std::nullopt) << name;
      EXPECT_THAT(RunOf({Binary(name, 0)}).warnings, IsEmpty()) << name;
    }
  }
  for (const char* op : {"add", "my::add", "aten::add__", "aten::", "", "_",
                         "aten::mm", "aten::einsum", "quantized::add"}) {
    EXPECT_FALSE(IsKnownFree(op)) << op;
  }
  for (const char* op : {"", "_", "aten::", "mm", "my::mm", "aten::mm__"}) {
    EXPECT_EQ(MacsOf(Binary(op, 0).Call()), std::nullopt) << op;
  }
}

TEST(KnownArithmeticTest, RunsOnPackedWeightsButNotThePacking) {
  for (const char* op :
       {"quantized::conv2d", "quantized::conv2d_relu", "quantized::linear",
        "quantized::conv_transpose2d", "mkldnn::_convolution_pointwise",
        "mkldnn_prepacked::conv2d_run", "prepacked::conv2d_clamp_run",
        "prepacked::linear_clamp_run", "aten::fbgemm_linear_int8_weight"}) {
    EXPECT_TRUE(IsKnownArithmetic(op)) << op;
  }
  for (const char* op :
       {"quantized::conv2d_prepack", "quantized::linear_unpack",
        "prepacked::conv2d_clamp_prepack", "mkldnn_prepacked::conv2d_prepack",
        "quantized::add", "aten::conv2d", "aten::relu", ""}) {
    EXPECT_FALSE(IsKnownArithmetic(op)) << op;
  }
}

}  // namespace
}  // namespace strata::metrics
