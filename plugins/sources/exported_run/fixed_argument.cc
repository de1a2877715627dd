#include "plugins/sources/exported_run/fixed_argument.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/ivalue_inl.h>
#include <ATen/core/jit_type.h>
#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>

#include <complex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "plugins/sources/libtorch/value_specs.h"

namespace strata::exported_run {
namespace {

using exported_program::Argument;
using exported_program::Program;
using Kind = Argument::Kind;

// Layout and MemoryFormat of torch/_export/serde/schema.py.
std::optional<int64_t> LayoutOf(int64_t number) {
  constexpr c10::Layout kLayouts[] = {
      c10::kSparse,    c10::kSparseCsr, c10::kSparseCsc, c10::kSparseBsr,
      c10::kSparseBsc, c10::kMkldnn,    c10::kStrided};
  if (number < 1 || number > 7) return std::nullopt;
  return static_cast<int64_t>(kLayouts[number - 1]);
}

std::optional<int64_t> MemoryFormatOf(int64_t number) {
  constexpr c10::MemoryFormat kFormats[] = {
      c10::MemoryFormat::Contiguous, c10::MemoryFormat::ChannelsLast,
      c10::MemoryFormat::ChannelsLast3d, c10::MemoryFormat::Preserve};
  if (number < 1 || number > 4) return std::nullopt;
  return static_cast<int64_t>(kFormats[number - 1]);
}

std::optional<c10::Scalar> ScalarOf(const Program& program,
                                    const Argument& given) {
  switch (given.kind) {
    case Kind::kInteger:
      return c10::Scalar(given.integer);
    case Kind::kReal:
      return c10::Scalar(given.real);
    case Kind::kBool:
      return c10::Scalar(given.integer != 0);
    case Kind::kComplex:
      return c10::Scalar(
          c10::complex<double>(program.reals[given.list.begin],
                               program.reals[given.list.begin + 1]));
    default:
      return std::nullopt;
  }
}

// As numbers: bools and reals that are whole, too.
std::optional<std::vector<double>> RealsOf(const Program& program,
                                           const Argument& given) {
  std::vector<double> reals;
  if (given.kind == Kind::kReals) {
    reals.assign(program.reals.begin() + given.list.begin,
                 program.reals.begin() + given.list.end);
  } else if (given.kind == Kind::kIntegers || given.kind == Kind::kBools) {
    for (uint32_t i = given.list.begin; i < given.list.end; ++i) {
      reals.push_back(static_cast<double>(program.integers[i].number));
    }
  } else if (given.kind == Kind::kReal) {
    reals.push_back(given.real);
  } else if (given.kind == Kind::kInteger) {
    reals.push_back(static_cast<double>(given.integer));
  } else if (given.kind != Kind::kTensors || given.list.size() != 0) {
    return std::nullopt;
  }
  return reals;
}

// Only those that are integers.
std::optional<std::vector<int64_t>> IntegersOf(const Program& program,
                                               const Argument& given) {
  std::vector<int64_t> integers;
  if (given.kind == Kind::kIntegers || given.kind == Kind::kBools) {
    for (uint32_t i = given.list.begin; i < given.list.end; ++i) {
      integers.push_back(program.integers[i].number);
    }
  } else if (given.kind == Kind::kInteger || given.kind == Kind::kBool) {
    integers.push_back(given.integer);
  } else if (given.list.size() != 0 ||
             (given.kind != Kind::kTensors && given.kind != Kind::kReals)) {
    return std::nullopt;
  }
  return integers;
}

std::optional<c10::IValue> ListOf(const Program& program,
                                  const c10::Argument& wanted,
                                  const c10::TypePtr& element,
                                  const Argument& given) {
  switch (element->kind()) {
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType: {
      std::optional<std::vector<int64_t>> list = IntegersOf(program, given);
      if (!list) return std::nullopt;
      // int[2] takes one number for both.
      if (given.kind == Kind::kInteger) {
        list->assign(wanted.N().value_or(1), given.integer);
      }
      return c10::IValue(*list);
    }
    case c10::TypeKind::FloatType: {
      const std::optional<std::vector<double>> list = RealsOf(program, given);
      if (!list) return std::nullopt;
      return c10::IValue(*list);
    }
    case c10::TypeKind::BoolType: {
      const std::optional<std::vector<int64_t>> numbers =
          IntegersOf(program, given);
      if (!numbers) return std::nullopt;
      c10::List<bool> list;
      for (const int64_t number : *numbers) list.push_back(number != 0);
      return c10::IValue(list);
    }
    case c10::TypeKind::StringType: {
      if (given.kind != Kind::kTexts) return std::nullopt;
      c10::List<std::string> list;
      for (uint32_t i = given.list.begin; i < given.list.end; ++i) {
        list.push_back(program.texts[i]);
      }
      return c10::IValue(list);
    }
    case c10::TypeKind::TensorType:
      if (given.list.size() != 0) return std::nullopt;
      return c10::IValue(c10::List<at::Tensor>());
    case c10::TypeKind::OptionalType:
      if (given.list.size() != 0) return std::nullopt;
      return c10::IValue(c10::List<std::optional<at::Tensor>>());
    default:
      return std::nullopt;
  }
}

// Nothing where it does not fit.
std::optional<c10::IValue> Fit(const Program& program,
                               const c10::Argument& wanted,
                               const Argument& given, c10::Device device) {
  const auto [type, is_optional] = ElementType(wanted);
  if (given.kind == Kind::kNothing) {
    if (is_optional) return c10::IValue();
    if (type->kind() == c10::TypeKind::TensorType) {
      return c10::IValue(at::Tensor());
    }
    return std::nullopt;
  }
  const std::optional<c10::Scalar> scalar = ScalarOf(program, given);
  switch (type->kind()) {
    case c10::TypeKind::TensorType:
      if (!scalar) return std::nullopt;
      return c10::IValue(at::native::wrapped_scalar_tensor(*scalar));
    case c10::TypeKind::ListType:
      return ListOf(program, wanted,
                    type->castRaw<c10::ListType>()->getElementType(), given);
    case c10::TypeKind::NumberType:
      if (!scalar) return std::nullopt;
      return c10::IValue(*scalar);
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
      if (given.kind != Kind::kInteger && given.kind != Kind::kBool) {
        return std::nullopt;
      }
      return c10::IValue(given.integer);
    case c10::TypeKind::FloatType:
    case c10::TypeKind::SymFloatType:
      if (!scalar || scalar->isComplex()) return std::nullopt;
      return c10::IValue(scalar->toDouble());
    case c10::TypeKind::BoolType:
    case c10::TypeKind::SymBoolType:
      if (given.kind != Kind::kBool && given.kind != Kind::kInteger) {
        return std::nullopt;
      }
      return c10::IValue(given.integer != 0);
    case c10::TypeKind::StringType:
      if (given.kind != Kind::kText) return std::nullopt;
      return c10::IValue(program.texts[given.id]);
    case c10::TypeKind::DeviceObjType:
      return c10::IValue(device);
    case c10::TypeKind::ScalarTypeType: {
      if (given.kind != Kind::kDType) return std::nullopt;
      const std::optional<at::ScalarType> dtype =
          libtorch::ScalarTypeOf(static_cast<DType>(given.integer));
      if (!dtype) return std::nullopt;
      return c10::IValue(static_cast<int64_t>(*dtype));
    }
    case c10::TypeKind::LayoutType: {
      if (given.kind != Kind::kLayout) return std::nullopt;
      const std::optional<int64_t> layout = LayoutOf(given.integer);
      if (!layout) return std::nullopt;
      return c10::IValue(*layout);
    }
    case c10::TypeKind::MemoryFormatType: {
      if (given.kind != Kind::kMemoryFormat) return std::nullopt;
      const std::optional<int64_t> format = MemoryFormatOf(given.integer);
      if (!format) return std::nullopt;
      return c10::IValue(*format);
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

std::pair<c10::TypePtr, bool> ElementType(const c10::Argument& argument) {
  // "type" has an int for each dtype, layout and memory format.
  const c10::TypePtr& type = argument.real_type();
  if (type->kind() != c10::TypeKind::OptionalType) return {type, false};
  return {type->castRaw<c10::OptionalType>()->getElementType(), true};
}

bool IsListOfOptional(const c10::TypePtr& type) {
  return type->kind() == c10::TypeKind::ListType &&
         type->castRaw<c10::ListType>()->getElementType()->kind() ==
             c10::TypeKind::OptionalType;
}

absl::StatusOr<c10::IValue> FixedArgument(const Program& program,
                                          const c10::Argument& wanted,
                                          const Argument& given,
                                          c10::Device device) {
  std::optional<c10::IValue> value = Fit(program, wanted, given, device);
  if (value) return *std::move(value);
  const bool is_known = given.kind != Kind::kOther || given.id < 0;
  return absl::UnimplementedError(absl::StrCat(
      "takes for '", wanted.name(), "' a ", wanted.real_type()->str(),
      ", and the file gives ",
      is_known ? std::string("something else") : program.texts[given.id]));
}

}  // namespace strata::exported_run
