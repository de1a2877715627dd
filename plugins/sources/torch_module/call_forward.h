// Calls the forward of any module with tensors, and finds the tensors in what
// it gives back. Included by summarize.h.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_CALL_FORWARD_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_CALL_FORWARD_H_

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace torch::nn {
class Module;
}

namespace strata::torch_module {

inline constexpr size_t kMostInputs = 8;

template <typename T, typename = void>
struct IsPointer : std::false_type {};  // Or a holder, which acts as one.
template <typename T>
struct IsPointer<T, std::void_t<decltype(std::declval<T&>().operator->())>>
    : std::true_type {};
template <typename T>
struct IsPointer<T*> : std::true_type {};

// What only knows the module that it holds: AnyModule.
template <typename T, typename = void>
struct HoldsAny : std::false_type {};
template <typename T>
struct HoldsAny<T, std::void_t<decltype(std::declval<T&>().ptr()),
                               decltype(std::declval<T&>().is_empty())>>
    : std::true_type {};

// The module that `module` is, holds or points to; null: none.
template <typename M>
torch::nn::Module* ModuleIn(M& module) {
  using T = std::remove_const_t<M>;
  if constexpr (HoldsAny<T>::value) {
    return module.is_empty() ? nullptr : module.ptr().get();
  } else if constexpr (std::is_pointer_v<T>) {
    return module;
  } else if constexpr (IsPointer<T>::value) {
    return module.get();
  } else {
    return const_cast<T*>(&module);
  }
}

// That whose forward is called.
template <typename M>
auto& Callee(M& module) {
  if constexpr (IsPointer<std::remove_const_t<M>>::value) {
    // A holder that is constant holds a module that is not.
    using Held =
        std::remove_const_t<std::remove_reference_t<decltype(*module)>>;
    return const_cast<Held&>(*module);
  } else {
    return const_cast<std::remove_const_t<M>&>(module);
  }
}

template <size_t>
using TensorAt = at::Tensor&;

template <typename T, typename Sequence, typename = void>
struct TakesTensors : std::false_type {};
template <typename T, size_t... I>
struct TakesTensors<T, std::index_sequence<I...>,
                    std::void_t<decltype(std::declval<T&>().forward(
                        std::declval<TensorAt<I>>()...))>> : std::true_type {};

// Appends the tensors in `value`, in order: in tuples, pairs, containers and
// optionals. False where there may be others, in a struct of somebody's own.
template <typename T, typename = void>
struct IsRange : std::false_type {};
template <typename T>
struct IsRange<T, std::void_t<decltype(std::begin(std::declval<const T&>())),
                              decltype(std::end(std::declval<const T&>()))>>
    : std::true_type {};
template <typename T, typename = void>
struct IsTuple : std::false_type {};
template <typename T>
struct IsTuple<T, std::void_t<decltype(std::tuple_size<T>::value)>>
    : std::true_type {};
template <typename T, typename = void>
struct IsItem : std::false_type {};  // Of an OrderedDict.
template <typename T>
struct IsItem<T, std::void_t<decltype(std::declval<const T&>().key()),
                             decltype(std::declval<const T&>().value())>>
    : std::true_type {};
template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <typename T>
bool AppendTensors(const T& value, std::vector<at::Tensor>& tensors) {
  if constexpr (std::is_convertible_v<const T&, at::Tensor>) {
    tensors.push_back(value);
    return true;
  } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> ||
                       std::is_convertible_v<const T&, std::string>) {
    return true;
  } else if constexpr (IsOptional<T>::value) {
    return !value.has_value() || AppendTensors(*value, tensors);
  } else if constexpr (IsTuple<T>::value) {
    return std::apply(
        [&](const auto&... parts) {
          return (AppendTensors(parts, tensors) & ... & true);
        },
        value);
  } else if constexpr (IsItem<T>::value) {
    return AppendTensors(value.value(), tensors);
  } else if constexpr (IsRange<T>::value) {
    bool all = true;
    for (const auto& part : value) all &= AppendTensors(part, tensors);
    return all;
  } else {
    return false;
  }
}

using Outputs = std::optional<std::vector<at::Tensor>>;

template <typename T, size_t... I>
Outputs CallWith(T& callee, std::vector<at::Tensor>& inputs,
                 std::index_sequence<I...>) {
  if constexpr (std::is_void_v<decltype(callee.forward(inputs[I]...))>) {
    callee.forward(inputs[I]...);
    return std::nullopt;
  } else {
    std::vector<at::Tensor> tensors;
    const auto result = callee.forward(inputs[I]...);
    if (!AppendTensors(result, tensors)) return std::nullopt;
    return tensors;
  }
}

// As many inputs as forward takes; see Misfit.
template <size_t N = 0, typename T>
Outputs CallForward(T& callee, std::vector<at::Tensor> inputs) {
  using Sequence = std::make_index_sequence<N>;
  if constexpr (TakesTensors<T, Sequence>::value) {
    if (inputs.size() == N) return CallWith(callee, inputs, Sequence());
  }
  if constexpr (N < kMostInputs) {
    return CallForward<N + 1>(callee, std::move(inputs));
  } else {
    throw std::invalid_argument("forward does not take so many tensors");
  }
}

// Why forward cannot be called with so many tensors; "" where it can.
template <size_t N = 0, typename T>
std::string Misfit(T& callee, size_t inputs, std::string taken = "") {
  if constexpr (TakesTensors<T, std::make_index_sequence<N>>::value) {
    if (inputs == N) return "";
    taken += (taken.empty() ? "" : " or ") + std::to_string(N);
  }
  if constexpr (N < kMostInputs) {
    return Misfit<N + 1>(callee, inputs, std::move(taken));
  } else if (taken.empty()) {
    return "forward takes other things than tensors, or more than " +
           std::to_string(kMostInputs) + ": see strata::SummarizeCall";
  } else {
    return "forward takes " + taken + (taken == "1" ? " tensor" : " tensors") +
           ", and was given " + std::to_string(inputs);
  }
}

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_CALL_FORWARD_H_
