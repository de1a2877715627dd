#include "plugins/sources/exported_run/operator_call.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/ivalue_inl.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "plugins/sources/exported_run/fixed_argument.h"

namespace strata::exported_run {

using exported_program::Argument;
using exported_program::Id;
using exported_program::Integer;
using exported_program::kNone;
using exported_program::Node;
using exported_program::Program;
using exported_program::Target;
using Kind = Argument::Kind;

// Fills in the arguments of one call.
class OperatorCall::Arguments {
 public:
  Arguments(const Program& program, const std::vector<Id>& canonical,
            c10::Device device, OperatorCall& call)
      : program_(program),
        canonical_(canonical),
        device_(device),
        call_(call) {}

  absl::Status Fill(const Node& node) {
    const std::vector<c10::Argument>& wanted =
        call_.handle_.schema().arguments();
    std::vector<bool> given(wanted.size(), false);
    call_.fixed_.resize(wanted.size());
    for (uint32_t i = node.arguments.begin; i < node.arguments.end; ++i) {
      absl::StatusOr<size_t> place =
          PlaceOf(wanted, i - node.arguments.begin, i);
      if (!place.ok()) return place.status();
      given[*place] = true;
      const absl::Status set = Set(
          wanted[*place], static_cast<uint32_t>(*place), program_.arguments[i]);
      if (!set.ok()) return set;
    }
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (given[i]) continue;
      if (IsDevice(wanted[i]) && !device_.is_cpu()) {
        call_.fixed_[i] = device_;
      } else if (wanted[i].default_value()) {
        call_.fixed_[i] = *wanted[i].default_value();
      } else {
        return absl::DataLossError(
            absl::StrCat("is not given '", wanted[i].name(), "'"));
      }
    }
    return absl::OkStatus();
  }

 private:
  static bool IsDevice(const c10::Argument& argument) {
    return ElementType(argument).first->kind() == c10::TypeKind::DeviceObjType;
  }

  absl::StatusOr<size_t> PlaceOf(const std::vector<c10::Argument>& wanted,
                                 uint32_t position, uint32_t argument) const {
    const Id name_id = program_.argument_names[argument];
    const std::string& name =
        name_id == kNone ? std::string() : program_.names[name_id];
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (!name.empty() && wanted[i].name() == name) return i;
    }
    if (name.empty() && position < wanted.size()) return position;
    return absl::UnimplementedError(absl::StrCat(
        "takes no argument '", name, "' in this LibTorch: its schema is ",
        call_.handle_.schema().name(), "(", wanted.size(), " arguments)"));
  }

  Id ValueOf(Id id) const { return id == kNone ? kNone : canonical_[id]; }

  absl::Status Set(const c10::Argument& wanted, uint32_t place,
                   const Argument& given) {
    if (std::optional<Made> made = MadeOf(wanted, place, given)) {
      call_.made_.push_back(*std::move(made));
      return absl::OkStatus();
    }
    absl::StatusOr<c10::IValue> fixed =
        FixedArgument(program_, wanted, given, device_);
    if (!fixed.ok()) return fixed.status();
    call_.fixed_[place] = *std::move(fixed);
    return absl::OkStatus();
  }

  // Nothing for an argument that is the same in each run.
  std::optional<Made> MadeOf(const c10::Argument& wanted, uint32_t place,
                             const Argument& given) const {
    Made made;
    made.place = place;
    const c10::TypePtr type = ElementType(wanted).first;
    if (given.kind == Kind::kTensor) {
      made.id = ValueOf(given.id);
      if (type->kind() == c10::TypeKind::ListType) {
        made.what = Made::What::kTensors;
        made.ids = {made.id};
      }
      return made;
    }
    if (given.kind == Kind::kTensors) {
      if (given.list.size() == 0) return std::nullopt;
      made.what = IsListOfOptional(type) ? Made::What::kOptionalTensors
                                         : Made::What::kTensors;
      for (uint32_t i = given.list.begin; i < given.list.end; ++i) {
        made.ids.push_back(ValueOf(program_.ids[i]));
      }
      return made;
    }
    if (given.kind == Kind::kIntegers) return Integers(given, made);
    if (given.value == kNone) return std::nullopt;
    made.id = ValueOf(given.value);
    if (type->kind() == c10::TypeKind::TensorType) {
      made.what = Made::What::kWrapped;
    } else if (type->kind() == c10::TypeKind::FloatType ||
               type->kind() == c10::TypeKind::SymFloatType) {
      made.what = Made::What::kReal;
    } else if (type->kind() == c10::TypeKind::ListType) {
      made.what = Made::What::kIntegers;
      made.ids.assign(wanted.N().value_or(1), made.id);
      made.numbers.assign(made.ids.size(), 0);
    }
    return made;
  }

  std::optional<Made> Integers(const Argument& given, Made& made) const {
    bool varies = false;
    for (uint32_t i = given.list.begin; i < given.list.end; ++i) {
      const Integer& integer = program_.integers[i];
      made.ids.push_back(ValueOf(integer.value));
      made.numbers.push_back(integer.number);
      varies |= integer.value != kNone;
    }
    if (!varies) return std::nullopt;
    made.what = Made::What::kIntegers;
    return made;
  }

  const Program& program_;
  const std::vector<Id>& canonical_;
  const c10::Device device_;
  OperatorCall& call_;
};

absl::StatusOr<OperatorCall> OperatorCall::Make(
    const Program& program, const std::vector<Id>& canonical, const Node& node,
    c10::Device device) {
  const Target& target = program.targets[node.target];
  if (target.is_higher_order) {
    return absl::UnimplementedError("cannot be run outside of Python");
  }
  const std::optional<c10::OperatorHandle> handle =
      c10::Dispatcher::singleton().findSchema({target.name, target.overload});
  if (!handle) {
    return WithHint(
        absl::NotFoundError("is none of this LibTorch"),
        "it may be one of a library that is not loaded: name it with "
        "--op_library=FILE.so");
  }
  OperatorCall call(*handle);
  const absl::Status filled =
      Arguments(program, canonical, device, call).Fill(node);
  if (!filled.ok()) return filled;
  for (uint32_t i = node.returns.begin; i < node.returns.end; ++i) {
    const Id id = program.ids[i];
    call.returns_.push_back(id == kNone ? kNone : canonical[id]);
  }
  return call;
}

void OperatorCall::GiveUp(const std::vector<Id>& values) {
  absl::flat_hash_map<Id, int> uses;
  const auto visit = [](Made& made, auto visit_id) {
    if (made.id != kNone) visit_id(made.id);
    for (const Id id : made.ids) visit_id(id);
  };
  for (Made& made : made_) visit(made, [&](Id id) { ++uses[id]; });
  const absl::flat_hash_set<Id> given_up(values.begin(), values.end());
  for (Made& made : made_) {
    bool all = made.what != Made::What::kIntegers;
    visit(made, [&](Id id) {
      all &= id == kNone || (given_up.contains(id) && uses[id] == 1);
    });
    made.gives_up = all;
  }
}

c10::IValue OperatorCall::Make(const Made& made, Values& values) {
  const auto value = [&](Id id) {
    if (values[id].isNone()) {
      throw std::runtime_error("it is given a value that nothing made");
    }
    return made.gives_up ? std::move(values[id]) : values[id];
  };
  switch (made.what) {
    case Made::What::kValue:
      return value(made.id);
    case Made::What::kReal:
      return value(made.id).toScalar().toDouble();
    case Made::What::kWrapped:
      return at::native::wrapped_scalar_tensor(value(made.id).toScalar());
    case Made::What::kTensors: {
      c10::List<at::Tensor> list;
      list.reserve(made.ids.size());
      for (const Id id : made.ids) {
        list.push_back(id == kNone ? at::Tensor() : value(id).toTensor());
      }
      return list;
    }
    case Made::What::kOptionalTensors: {
      c10::List<std::optional<at::Tensor>> list;
      list.reserve(made.ids.size());
      for (const Id id : made.ids) {
        list.push_back(id == kNone ? std::nullopt
                                   : std::optional(value(id).toTensor()));
      }
      return list;
    }
    case Made::What::kIntegers: {
      std::vector<int64_t> list = made.numbers;
      for (size_t i = 0; i < list.size(); ++i) {
        if (made.ids[i] != kNone) list[i] = value(made.ids[i]).toInt();
      }
      return list;
    }
  }
  return {};
}

void OperatorCall::Run(Values& values, std::vector<c10::IValue>& stack) const {
  stack.insert(stack.end(), fixed_.begin(), fixed_.end());
  for (const Made& made : made_) stack[made.place] = Make(made, values);
  handle_.callBoxed(stack);
  size_t next = 0;
  const auto give = [&](c10::IValue value) {
    if (next == returns_.size()) {
      throw std::runtime_error("it gave back more than the file says");
    }
    const Id id = returns_[next++];
    if (id != kNone) values[id] = std::move(value);
  };
  for (c10::IValue& value : stack) {
    if (!value.isTensorList()) {
      give(std::move(value));
      continue;
    }
    for (const at::Tensor& tensor : value.toTensorVector()) give(tensor);
  }
  stack.clear();
  if (next != returns_.size() && next > 0) {
    throw std::runtime_error("it gave back less than the file says");
  }
}

}  // namespace strata::exported_run
