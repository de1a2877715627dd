// What programs compute with sizes: Python's operators on numbers.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_PYTHON_OPERATOR_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_PYTHON_OPERATOR_H_

#include <ATen/core/ivalue.h>

#include <vector>

#include "absl/strings/string_view.h"

namespace strata::exported_run {

// Whether there is this one: "_operator.floordiv", "torch.sym_max".
bool IsPythonOperator(absl::string_view name);

// What it gives for these numbers: integers, reals and bools. Raises an
// exception for what is none, for others than it takes, a division by zero, and
// an integer that overflows.
c10::IValue RunPythonOperator(absl::string_view name,
                              const std::vector<c10::IValue>& arguments);

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_PYTHON_OPERATOR_H_
