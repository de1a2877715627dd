// The tensors of a program where its open sizes have values.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_TENSOR_SPECS_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_TENSOR_SPECS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/module_visitor.h"
#include "core/tensor_spec.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

// Refers to the program and to the lists that it is given.
class TensorSpecs {
 public:
  // `canonical` and `storages` are by value: the value that it is, and the
  // memory of that.
  TensorSpecs(const Program& program, const std::vector<Id>& canonical,
              const std::vector<uint64_t>& storages)
      : program_(program), canonical_(canonical), storages_(storages) {}

  // The sizes of the program's dimensions, in their order. An error: a size
  // does not come out, as it overflows or its expression is not understood.
  absl::Status SetDimensions(absl::Span<const int64_t> sizes);

  TensorSpec Spec(Id value) const;
  int64_t SizeAt(const Size& size) const {
    return size.expression == kNone ? size.hint
                                    : by_expression_[size.expression];
  }
  // The arguments of a node, in the order of the operator's schema. Those that
  // were left to their defaults are missing: at the end, and before such as are
  // given by name.
  void Arguments(const Node& node, std::vector<OpArgument>& arguments) const;
  void Outputs(const Node& node, std::vector<TensorSpec>& outputs) const;

 private:
  int64_t IntegerAt(int64_t number, Id value) const;

  const Program& program_;
  const std::vector<Id>& canonical_;
  const std::vector<uint64_t>& storages_;
  std::vector<int64_t> by_expression_;
};

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_TENSOR_SPECS_H_
