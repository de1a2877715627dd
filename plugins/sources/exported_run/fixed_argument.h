// Arguments that the file says, as an operator's schema wants them.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_FIXED_ARGUMENT_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_FIXED_ARGUMENT_H_

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>
#include <c10/core/Device.h>

#include <utility>

#include "absl/status/statusor.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_run {

// The argument's type without "optional", and whether it was that.
std::pair<c10::TypePtr, bool> ElementType(const c10::Argument& argument);
// Of a type such as Tensor?[].
bool IsListOfOptional(const c10::TypePtr& type);

// `given` has no value of the run in it. Errors: kUnimplemented, it does not
// fit what is wanted; the message names the argument.
absl::StatusOr<c10::IValue> FixedArgument(
    const exported_program::Program& program, const c10::Argument& wanted,
    const exported_program::Argument& given, c10::Device device);

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_FIXED_ARGUMENT_H_
