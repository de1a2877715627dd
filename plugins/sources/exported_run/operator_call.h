// A node of a program as a call of LibTorch's operator.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_OPERATOR_CALL_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_OPERATOR_CALL_H_

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_run {

using Values = std::vector<c10::IValue>;  // By canonical value.

// The operator and all of its arguments that are the same in each run.
class OperatorCall {
 public:
  // Devices are `device`, whatever the file says. Errors say what there is no
  // operator for, or which argument does not fit its schema.
  static absl::StatusOr<OperatorCall> Make(
      const exported_program::Program& program,
      const std::vector<exported_program::Id>& canonical,
      const exported_program::Node& node, c10::Device device);

  // Says that nobody needs these values afterwards. They are handed over:
  // memory is given back as early as TorchScript's interpreter does it.
  void GiveUp(const std::vector<exported_program::Id>& values);

  // Takes what it is given from `values`, and puts there what it gives back.
  // `stack` is empty before and after. Raises what the operator raises.
  void Run(Values& values, std::vector<c10::IValue>& stack) const;

 private:
  // An argument that a run makes.
  struct Made {
    enum class What : uint8_t {
      kValue,
      kReal,             // Of a number.
      kWrapped,          // A tensor of a number.
      kTensors,          // Of `ids`.
      kOptionalTensors,  // The same, kNone for None.
      kIntegers,         // Of `ids`, kNone for the one in `numbers`.
    };
    uint32_t place = 0;
    What what = What::kValue;
    exported_program::Id id = exported_program::kNone;
    std::vector<exported_program::Id> ids;
    std::vector<int64_t> numbers;
    bool gives_up = false;  // What it takes is handed over.
  };
  class Arguments;

  explicit OperatorCall(c10::OperatorHandle handle) : handle_(handle) {}
  static c10::IValue Make(const Made& made, Values& values);

  c10::OperatorHandle handle_;
  std::vector<c10::IValue> fixed_;
  std::vector<Made> made_;
  std::vector<exported_program::Id> returns_;  // kNone: nobody wants it.
};

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_OPERATOR_CALL_H_
