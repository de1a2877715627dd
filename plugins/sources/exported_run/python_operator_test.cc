#include "plugins/sources/exported_run/python_operator.h"

#include <ATen/core/ivalue_inl.h>

#include <cstdint>
#include <exception>
#include <vector>

#include "gtest/gtest.h"

namespace strata::exported_run {
namespace {

// What Python says.
TEST(PythonOperatorTest, ComputesAsPythonDoes) {
  const struct {
    const char* name;
    std::vector<c10::IValue> arguments;
    c10::IValue result;
  } rows[] = {
      {"_operator.add", {2, 3}, 5},
      {"_operator.add", {2, 0.5}, 2.5},
      {"_operator.sub", {2, 3}, -1},
      {"_operator.mul", {-4, 3}, -12},
      {"_operator.floordiv", {-7, 2}, -4},
      {"_operator.floordiv", {7, 2}, 3},
      {"_operator.floordiv", {7.0, 2}, 3.0},
      {"_operator.truediv", {7, 2}, 3.5},
      {"_operator.mod", {-7, 5}, 3},
      {"_operator.mod", {7, -5}, -3},
      {"_operator.pow", {3, 4}, 81},
      {"_operator.pow", {2, -1}, 0.5},
      {"_operator.pow", {-1, INT64_MAX}, -1},
      {"_operator.neg", {3}, -3},
      {"_operator.eq", {3, 3}, true},
      {"_operator.lt", {3, 2.5}, false},
      {"_operator.and_", {true, false}, false},
      {"math.trunc", {-2.5}, -2},
      {"math.ceil", {2.5}, 3},
      {"torch.sym_float", {3}, 3.0},
      {"torch.sym_int", {2.9}, 2},
      {"torch.sym_not", {false}, true},
      {"torch.sym_ite", {false, 1, 2}, 2},
      {"torch.sym_max", {3, 7}, 7},
      {"torch.sym_min", {3, 7}, 3},
      {"torch.sym_sqrt", {16}, 4.0},
  };
  for (const auto& row : rows) {
    EXPECT_TRUE(IsPythonOperator(row.name)) << row.name;
    const c10::IValue result = RunPythonOperator(row.name, row.arguments);
    EXPECT_EQ(result.tagKind(), row.result.tagKind()) << row.name;
    EXPECT_TRUE(result == row.result) << row.name << ": " << result;
  }
  EXPECT_FALSE(IsPythonOperator("os.system"));
}

TEST(PythonOperatorTest, RaisesWhereThereIsNoResult) {
  const struct {
    const char* name;
    std::vector<c10::IValue> arguments;
  } rows[] = {
      {"_operator.add", {INT64_MAX, 1}},
      {"_operator.mul", {INT64_MAX, 2}},
      {"_operator.pow", {10, 40}},
      {"_operator.neg", {INT64_MIN}},
      {"_operator.floordiv", {INT64_MIN, -1}},
      {"_operator.floordiv", {1, 0}},
      {"_operator.mod", {1, 0}},
      {"_operator.truediv", {1, 0}},
      {"math.trunc", {1e300}},
      {"_operator.add", {1}},
      {"_operator.add", {1, c10::IValue()}},
      {"os.system", {1}},
  };
  for (const auto& row : rows) {
    EXPECT_THROW(RunPythonOperator(row.name, row.arguments), std::exception)
        << row.name;
  }
}

}  // namespace
}  // namespace strata::exported_run
