#include "plugins/sources/exported_program/operators.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace strata::exported_program {
namespace {

using Names = absl::flat_hash_set<absl::string_view>;

// Those of aten whose schema says `Tensor(a)` of what it gives back.
const Names& Views() {
  static const Names* const names = new Names({
      "_conj",
      "_neg_view",
      "_reshape_alias",
      "adjoint",
      "alias",
      "as_strided",
      "broadcast_to",
      "chunk",
      "conj",
      "contiguous",
      "detach",
      "diagonal",
      "dsplit",
      "expand",
      "expand_as",
      "flatten",
      "hsplit",
      "imag",
      "indices",
      "lift_fresh",
      "linalg_diagonal",
      "mH",
      "mT",
      "matrix_H",
      "moveaxis",
      "movedim",
      "narrow",
      "numpy_T",
      "permute",
      "positive",
      "ravel",
      "real",
      "reshape",
      "reshape_as",
      "resolve_conj",
      "resolve_neg",
      "select",
      "slice",
      "split",
      "split_with_sizes",
      "squeeze",
      "swapaxes",
      "swapdims",
      "t",
      "tensor_split",
      "transpose",
      "unbind",
      "unflatten",
      "unfold",
      "unsqueeze",
      "values",
      "view",
      "view_as",
      "view_as_complex",
      "view_as_real",
      "vsplit",
  });
  return *names;
}

// Those that may give back the very tensor that they are given: nothing is to
// be converted, or nothing is to be dropped.
const Names& DoNothings() {
  static const Names* const names = new Names({
      "alpha_dropout",
      "contiguous",
      "dropout",
      "feature_alpha_dropout",
      "feature_dropout",
      "flatten",
      "positive",
      "ravel",
      "resolve_conj",
      "resolve_neg",
      "to",
      "type_as",
  });
  return *names;
}

}  // namespace

Target ParseTarget(absl::string_view text) {
  Target target;
  if (!absl::ConsumePrefix(&text, "torch.ops.")) {
    target.name = std::string(text);  // "_operator.mul", "torch.sym_max".
    target.is_operator = false;
    return target;
  }
  const size_t space = text.find('.');
  const absl::string_view names = text.substr(0, space);
  absl::string_view name =
      space == text.npos ? absl::string_view() : text.substr(space + 1);
  const size_t overload = name.find('.');
  if (overload != name.npos) {
    if (name.substr(overload + 1) != "default") {
      target.overload = std::string(name.substr(overload + 1));
    }
    name = name.substr(0, overload);
  }
  target.name = absl::StrCat(names, "::", name);
  target.is_higher_order = names == "higher_order";
  if (names != "aten") return target;
  target.is_operator = !absl::StartsWith(name, "sym_");
  target.is_view = Views().contains(name) ||
                   (absl::EndsWith(name, "_") && !absl::EndsWith(name, "__"));
  target.may_do_nothing = DoNothings().contains(name);
  return target;
}

bool IsWrapper(absl::string_view name) {
  static const auto* const names = new Names({
      "higher_order::checkpoint",
      "higher_order::hints_wrapper",
      "higher_order::invoke_subgraph",
      "higher_order::strict_mode",
      "higher_order::tag_activation_checkpoint",
      "higher_order::wrap",
      "higher_order::wrap_activation_checkpoint",
      "higher_order::wrap_with_autocast",
      "higher_order::wrap_with_set_grad_enabled",
  });
  return names->contains(name);
}

}  // namespace strata::exported_program
