#include "core/expression_cells.h"

#include "gtest/gtest.h"

namespace strata {
namespace {

void AddTerm(Polynomial& to, int64_t coefficient, const std::string& name,
             int power) {
  Polynomial::Term* term = to.add_terms();
  term->set_coefficient(coefficient);
  if (power > 0) (*term->mutable_powers())[name] = power;
}

TEST(ExpressionCellsTest, RoundsWhatIsLong) {
  Polynomial large;
  AddTerm(large, 4089184256, "s77", 1);
  EXPECT_EQ(ExpressionCell(large, "8"), "4.09e9·s77");
  AddTerm(large, -9999999, "s77", 0);
  EXPECT_EQ(ExpressionCell(large, "8"), "4.09e9·s77 - 9,999,999");
  Polynomial nearly;
  AddTerm(nearly, 9999999999, "s", 2);
  EXPECT_EQ(ExpressionCell(nearly, "8"), "1.00e10·s²");
  Polynomial negative;
  AddTerm(negative, -1, "s", 1);
  AddTerm(negative, 1, "t", 12);
  AddTerm(negative, 3, "t", 3);
  AddTerm(negative, 3, "", 0);
  EXPECT_EQ(ExpressionCell(negative, "8"), "-s + t^12 + 3·t³ + …");
  EXPECT_EQ(AsciiExpression(ExpressionCell(negative, "8")),
            "-s + t^12 + 3*t^3 + ...");
  EXPECT_EQ(ExpressionCell(Polynomial(), "8"), "0");
}

TEST(ExpressionCellsTest, WhatIsNoPolynomialIsTheFigure) {
  Polynomial other;
  other.set_not_polynomial(true);
  EXPECT_EQ(ExpressionCell(other, "1,234"), "1,234?");
}

TEST(ExpressionCellsTest, NothingHostileIsLeft) {
  EXPECT_EQ(ExpressionText("2*s77^2 + 1"), "2·s77² + 1");
  EXPECT_EQ(ExpressionText("a|b<c>\x1b[0m,\"`"), "a?b?c???0m???");
}

}  // namespace
}  // namespace strata
