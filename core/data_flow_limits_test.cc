#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/data_flow.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

// A tensor of this storage, [2].
TensorSpec T(uint64_t storage) { return Float({2}, storage); }

// The edges of a model with as many modules below its root, whose forward is
// given T(1) and does what `inside` says.
Summary Edges(int modules, const std::function<void(DataFlow&)>& inside) {
  std::vector<std::string> paths = {""};
  for (int i = 1; i <= modules; ++i) paths.push_back(absl::StrCat("m", i));
  const ModuleTree tree = TreeOf(paths);
  DataFlow flow;
  flow.BeginRun(tree, RunInfo());
  CallModule(flow, 0, 0, {T(1)}, {T(2)}, [&] { inside(flow); });
  Summary summary;
  flow.AddEdges(summary);
  return summary;
}

void Op(DataFlow& flow, const std::string& name,
        const std::vector<OpArgument>& arguments, TensorSpec output) {
  flow.VisitOp(FakeOp{name, arguments, {output}, 0, 0, ""}.Call());
}

TEST(DataFlowLimitsTest, ATensorOfTooManyModulesComesFromTheLast) {
  constexpr int kModules = DataFlow::kMaxSources + 1;
  const Summary summary = Edges(kModules + 1, [](DataFlow& flow) {
    std::vector<TensorSpec> made;
    for (int i = 1; i <= kModules; ++i) {
      made.push_back(T(100 + i));
      CallModule(flow, i, 0, {}, {made.back()});
    }
    Op(flow, "aten::cat", {made}, T(8));
    CallModule(flow, kModules + 1, 0, {T(8)}, {T(2)});
  });
  EXPECT_TRUE(summary.edges_incomplete());
  // And the one to the output.
  ASSERT_EQ(summary.edges_size(), DataFlow::kMaxSources + 1);
  EXPECT_EQ(summary.edges(0).from(), 2);
  EXPECT_EQ(summary.edges(DataFlow::kMaxSources - 1).from(), kModules);
}

// A chain of sums without blocks: each module takes what all before it gave.
TEST(DataFlowLimitsTest, ALongChainOfSumsStaysLinear) {
  constexpr int kModules = 5000;
  const Summary summary = Edges(kModules, [](DataFlow& flow) {
    for (int i = 1; i <= kModules; ++i) {
      CallModule(flow, i, 0, {T(1)}, {T(2)});
      Op(flow, "aten::add_", {T(1), T(2)}, T(1));
    }
  });
  EXPECT_TRUE(summary.edges_incomplete());
  EXPECT_LE(summary.edges_size(),
            DataFlow::kMaxEdgesPerModule * (kModules + 1) + 1024);
}

TEST(DataFlowLimitsTest, FormsOfAnEdge) {
  const Summary summary = Edges(1, [](DataFlow& flow) {
    for (int64_t i = 0; i < DataFlow::kMaxTensors + 1; ++i) {
      CallModule(flow, 1, 0, {Float({i}, 1)}, {T(2)});
    }
  });
  EXPECT_EQ(summary.edges(0).tensors_size(), DataFlow::kMaxTensors);
  EXPECT_EQ(summary.edges(0).tensors(0).dtype(), "float32");
  EXPECT_TRUE(summary.edges_incomplete());
}

TEST(DataFlowLimitsTest, NamesOfOperators) {
  const Summary summary = Edges(1, [](DataFlow& flow) {
    for (int i = 0; i < DataFlow::kMaxOperators + 1; ++i) {
      Op(flow, absl::StrCat("aten::op", i), {T(1)}, T(1));
    }
    CallModule(flow, 1, 0, {T(1)}, {T(2)});
  });
  EXPECT_EQ(summary.edges(0).operators_size(), DataFlow::kMaxOperators);
  EXPECT_TRUE(summary.edges_incomplete());
}

TEST(DataFlowLimitsTest, ARunThatFailedHasTheEdgesUntilThen) {
  const ModuleTree tree = TreeOf({"", "a", "b"});
  DataFlow flow;
  flow.BeginRun(tree, RunInfo());
  const std::vector<TensorSpec> input = {T(1)};
  flow.EnterModule({0, 0, input, {}});
  flow.EnterModule({1, 0, input, {}});
  Summary summary;
  flow.AddEdges(summary);
  EXPECT_EQ(summary.edges_size(), 1);
}

}  // namespace
}  // namespace strata
