// What PyTorch's own layers say of themselves: their extra_repr.

#ifndef STRATA_FORMATTERS_REPR_RULES_H_
#define STRATA_FORMATTERS_REPR_RULES_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace strata::formatters::repr {

// One value between the brackets.
struct Field {
  absl::string_view label;      // "kernel_size=", or "" of a bare value.
  absl::string_view attribute;  // As extra_repr.h finds it.
  // Left out where it, or each of its elements, is this; "": never left out.
  absl::string_view unless = "";
  bool quotes = false;  // Text in quotes, as Python's repr() has it.
};

struct Rule {
  absl::string_view types;  // "Conv1d Conv2d"
  // Of the class: "torch.nn.modules.conv". The rule is the extra_repr (or the
  // __repr__) of torch/nn/modules/conv.py, of PyTorch 2.13.
  absl::string_view module;
  std::vector<Field> fields;
};

// The rule for a class by its whole name, "torch.nn.modules.conv.Conv2d", or
// nullptr. A class of the same short name from elsewhere has none.
const Rule* FindRule(absl::string_view full_type);

}  // namespace strata::formatters::repr

#endif  // STRATA_FORMATTERS_REPR_RULES_H_
