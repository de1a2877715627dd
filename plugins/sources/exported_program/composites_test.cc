#include "plugins/sources/exported_program/composites.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "plugins/metrics/macs/formulas.h"
#include "tests/testing.h"

namespace strata::exported_program {
namespace {

// The MACs of all products inside of one operator.
int64_t MacsInside(const char* name, std::vector<OpArgument> arguments) {
  OpCall op;
  op.name = name;
  op.arguments = arguments;
  Count sum = 0;
  for (const InnerProduct& inner : InnerProducts(op)) {
    OpCall product;
    product.name = inner.name;
    product.arguments = inner.arguments;
    product.outputs = inner.outputs;
    sum += metrics::MacsOf(product).value_or(Count::Unknown());
  }
  return sum.value().value_or(-1);
}

TEST(CompositesTest, Einsum) {
  const struct {
    const char* equation;
    Shape left, right;
    int64_t macs;
  } kCases[] = {
      {"bic,bjc->bij", {2, 3, 8}, {2, 5, 8}, 2 * 3 * 5 * 8},
      {"...ij,...jk->...ik", {2, 4, 3, 8}, {2, 4, 8, 5}, 2 * 4 * 3 * 8 * 5},
      {"...ij,jk->...ik", {2, 4, 3, 8}, {8, 5}, 2 * 4 * 3 * 8 * 5},
      {"bqhd,bkhd->bhqk", {2, 6, 4, 8}, {2, 7, 4, 8}, 2 * 4 * 6 * 7 * 8},
      {"i,j->ij", {5}, {3}, 0},
      {"ij,ij->ij", {5, 3}, {5, 3}, 0},
      {"ijk,jkl->il", {4, 5, 8}, {5, 8, 3}, 4 * 5 * 8 * 3},
      {"i,i", {7}, {7}, 7},
      {"ij,jk", {4, 5}, {5, 6}, 4 * 5 * 6},
      {" i j , j k -> i k ", {4, 5}, {5, 6}, 4 * 5 * 6},
      // What only the left has is summed before the product.
      {"ijm,jk->ik", {4, 5, 9}, {5, 6}, 4 * 5 * 6},
      // Of size 1, and broadcast.
      {"ij,jk->ik", {4, 1}, {5, 6}, 0},
      {"ij,jk->ik", {4}, {5, 6}, 0},
      {"ij->ji", {4, 5}, {5, 6}, 0},
      {"..,jk->ik", {4, 5}, {5, 6}, 0},
  };
  for (const auto& one : kCases) {
    EXPECT_EQ(MacsInside(
                  "aten::einsum",
                  {std::string(one.equation),
                   std::vector<TensorSpec>{Float(one.left), Float(one.right)}}),
              one.macs)
        << one.equation;
  }
}

TEST(CompositesTest, EinsumOfSeveral) {
  using Path = std::vector<int64_t>;
  const std::vector<TensorSpec> chain = {Float({2, 3}), Float({3, 4}),
                                         Float({4, 5})};
  const struct {
    const char* equation;
    std::vector<TensorSpec> operands;
    Path path;  // Empty: none is given.
    int64_t macs;
  } kCases[] = {
      // The first two, and then the last with what they gave.
      {"ab,bc,cd->ad", chain, {}, 2 * 3 * 4 + 2 * 4 * 5},
      {"ab,bc,cd->ad", chain, {1, 2, 0, 1}, 3 * 4 * 5 + 2 * 3 * 5},
      {"ab,bc,cd->ad", chain, {2, 1, 1, 0}, 3 * 4 * 5 + 2 * 3 * 5},
      // `c` is summed with the last, and nothing before that.
      {"ac,bc,c->ab",
       {Float({2, 4}), Float({3, 4}), Float({4})},
       {},
       2 * 3 * 4},
      // A path that does not fit says nothing.
      {"ab,bc,cd->ad", chain, {0, 3, 0, 1}, 0},
      {"ab,bc,cd->ad", chain, {0, 1}, 0},
      {"ab,bc->ac", chain, {}, 0},
  };
  for (const auto& one : kCases) {
    std::vector<OpArgument> arguments = {std::string(one.equation),
                                         one.operands};
    if (!one.path.empty()) arguments.emplace_back(one.path);
    EXPECT_EQ(MacsInside("aten::einsum", arguments), one.macs) << one.equation;
  }
}

TEST(CompositesTest, OthersAndWhatDoesNotFit) {
  EXPECT_EQ(MacsInside("aten::tensordot", {Float({3, 4, 5}), Float({4, 3, 2}),
                                           std::vector<int64_t>{1, 0},
                                           std::vector<int64_t>{0, 1}}),
            5 * 3 * 4 * 2);
  EXPECT_EQ(MacsInside("aten::lstm_cell",
                       {Float({2, 8}),
                        std::vector<TensorSpec>{Float({2, 6}), Float({2, 6})},
                        Float({24, 8}), Float({24, 6})}),
            2 * 24 * (8 + 6));
  EXPECT_EQ(MacsInside("aten::gru_cell", {Float({2, 8}), Float({2, 6}),
                                          Float({18, 8}), Float({18, 6})}),
            2 * 18 * (8 + 6));
  EXPECT_EQ(MacsInside("aten::gru_cell", {}), 0);
  EXPECT_EQ(MacsInside("aten::gru_cell",
                       {Float({}), Float({}), Float({}), Float({})}),
            0);
  EXPECT_EQ(MacsInside("aten::einsum", {}), 0);
  EXPECT_EQ(MacsInside("aten::tensordot", {Float({}), Float({})}), 0);
  EXPECT_EQ(MacsInside("aten::tensordot",
                       {Float({3}), Float({3}), std::vector<int64_t>{5},
                        std::vector<int64_t>{0}}),
            0);
  EXPECT_EQ(MacsInside("aten::mm", {Float({3, 3}), Float({3, 3})}), 0);
}

}  // namespace
}  // namespace strata::exported_program
