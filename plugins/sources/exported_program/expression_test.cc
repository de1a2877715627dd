#include "plugins/sources/exported_program/expression.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace strata::exported_program {
namespace {

// As sympy's srepr writes them, and their values at s77 = 7.
TEST(ExpressionTest, HasTheValueThatPythonGives) {
  const std::string s = "Symbol('s77', positive=True, integer=True)";
  const struct {
    std::string text;
    std::optional<int64_t> value;
  } kCases[] = {
      {s, 7},
      {"Integer(-3)", -3},
      {"Add(Mul(Integer(2), " + s + "), Integer(1))", 15},
      {"FloorDiv(Add(" + s + ", Integer(-10)), Integer(2))", -2},
      {"Mod(" + s + ", Integer(4))", 3},
      {"PythonMod(Integer(-1), " + s + ")", 6},
      {"Mul(Rational(1, 2), Add(Pow(" + s + ", Integer(2)), " + s + "))", 28},
      {"Mul(Rational(1, 2), " + s + ")", std::nullopt},
      {"CeilToInt(Mul(Rational(1, 2), " + s + "))", 4},
      {"FloorToInt(IntTrueDiv(" + s + ", Integer(2)))", 3},
      {"Max(Integer(3), " + s + ", Integer(5))", 7},
      {"Min(Integer(3), " + s + ")", 3},
      {"CleanDiv(Integer(14), " + s + ")", 2},
      {"FloorDiv(Integer(1), Integer(0))", std::nullopt},
      {"Pow(" + s + ", Integer(40))", std::nullopt},
      {"Pow(Integer(2), Integer(99999999))", std::nullopt},
  };
  for (const auto& one : kCases) {
    Expressions expressions;
    const int id = expressions.Add(one.text);
    ASSERT_TRUE(expressions.is_understood(id)) << one.text;
    EXPECT_EQ(expressions.Evaluate(id, {7}), one.value) << one.text;
  }
}

TEST(ExpressionTest, WhatIsNotUnderstoodHasNoValue) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "Add(";
  for (const std::string& text :
       {std::string(), std::string("Where(1)"), std::string("Add("),
        std::string("Add()"), std::string("Symbol('s77'"),
        std::string("Symbol(s77)"), std::string("Integer(x)"),
        std::string("Integer(99999999999999999999)"),
        std::string("FloorDiv(Integer(1))"), std::string(")"),
        std::string("Integer(1)Integer(2)"), std::string("s0 + 1"), deep}) {
    Expressions expressions;
    const int id = expressions.Add(text);
    EXPECT_FALSE(expressions.is_understood(id)) << text.substr(0, 50);
    EXPECT_EQ(expressions.Evaluate(id, {7}), std::nullopt);
  }
}

TEST(ExpressionTest, OneTextIsOneExpression) {
  Expressions expressions;
  const int a = expressions.Add("Symbol('b', integer=True)");
  const int b = expressions.Add("Add(Symbol('b', integer=True), Symbol('a'))");
  EXPECT_EQ(expressions.Add("Symbol('b', integer=True)"), a);
  EXPECT_EQ(expressions.symbol(a), 0);
  EXPECT_EQ(expressions.symbol(b), -1);
  EXPECT_TRUE(expressions.has_symbol(b, 1));
  EXPECT_FALSE(expressions.has_symbol(a, 1));
  EXPECT_EQ(expressions.symbols().size(), 2);
}

}  // namespace
}  // namespace strata::exported_program
