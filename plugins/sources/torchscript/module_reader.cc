#include "plugins/sources/torchscript/module_reader.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "plugins/sources/libtorch/value_specs.h"
#include "plugins/sources/torchscript/module_objects.h"

namespace strata::torchscript {
namespace {

// A module object that has to be read, and where it was found.
struct Pending {
  ObjectPtr object;
  std::string name;
  int parent;
};

// Has the class a forward of its own? A trace keeps a forward only where one
// was called: PyTorch's own layers have one all the same, its containers never.
ModuleKind KindOf(const c10::ClassType& type, const Module& module) {
  for (const torch::jit::Function* method : type.methods()) {
    if (IsForward(method->name())) return ModuleKind::kCallable;
  }
  if (IsListOfOthers(module)) return ModuleKind::kContainer;
  return absl::StartsWith(module.full_type, "torch.nn.modules.")
             ? ModuleKind::kCallable
             : ModuleKind::kContainer;
}

// An object of LibTorch's own, as quantized layers keep their weights in.
bool IsCustomClass(const c10::Type& type) {
  const auto* object = type.castRaw<c10::ClassType>();
  return object != nullptr && object->name() &&
         absl::StartsWith(object->name()->qualifiedName(),
                          "__torch__.torch.classes.");
}

// The weights of a quantized layer: parameters, though none that trains. Cells
// have one object for each of their weights: _packed_weight_ih.
void ReadPacked(const std::string& name, const c10::IValue& value,
                Module& module, ReadModules& read) {
  const std::vector<ParameterInfo>& parameters = read.packed.Keep(value);
  if (parameters.empty()) {
    if (module.parameters_known) ++read.not_unpacked;
    module.parameters_known = false;
  }
  absl::string_view suffix = name;
  if (!absl::ConsumePrefix(&suffix, "_packed_weight")) suffix = "";
  for (ParameterInfo info : parameters) {
    absl::StrAppend(&info.name, suffix);
    module.parameters.push_back(std::move(info));
  }
}

void ReadSlots(const c10::ivalue::Object& object, Module& module,
               ReadModules& read) {
  const c10::ClassType& type = *object.type();
  for (size_t i = 0; i < type.numAttributes(); ++i) {
    const std::string& name = type.getAttributeName(i);
    const c10::IValue& value = object.getSlot(i);
    if (type.is_parameter(i) || type.is_buffer(i)) {
      if (!value.isTensor()) continue;  // None: registered, but empty.
      ParameterInfo info{name, libtorch::SpecOf(value.toTensor()), false};
      if (type.is_parameter(i)) {
        info.trainable = value.toTensor().requires_grad();
        module.parameters.push_back(std::move(info));
      } else {
        module.buffers.push_back(std::move(info));
      }
    } else if (type.getAttribute(i)->is_module()) {
      continue;  // See ModulesOf.
    } else if (IsCustomClass(*type.getAttribute(i))) {
      ReadPacked(name, value, module, read);
    } else if (name != "training" && !absl::StartsWith(name, "_")) {
      if (auto text = libtorch::AttributeText(value)) {
        module.attributes.emplace_back(name, *std::move(text));
      }
    }
  }
  for (size_t i = 0; i < type.numConstants(); ++i) {
    const std::string& name = type.getConstantName(i);
    if (absl::StartsWith(name, "_")) continue;
    if (auto text = libtorch::AttributeText(type.getConstant(i))) {
      module.attributes.emplace_back(name, *std::move(text));
    }
  }
}

// A hundred times as many as the largest models have.
constexpr int kMostModules = 1000000;

// Is one of an object's places above `parent`, or `parent` itself?
bool HoldsItself(const std::vector<Module>& modules,
                 const std::vector<int>& places, int parent) {
  const absl::flat_hash_set<int> seen(places.begin(), places.end());
  for (int i = parent; i >= 0; i = modules[i].parent) {
    if (seen.contains(i)) return true;
  }
  return false;
}

}  // namespace

std::string ReadableClassName(absl::string_view qualified_name) {
  std::vector<absl::string_view> parts;
  for (absl::string_view part : absl::StrSplit(qualified_name, '.')) {
    if (part == "__torch__" || absl::StartsWith(part, "___torch_mangle_")) {
      continue;
    }
    parts.push_back(part);
  }
  return absl::StrJoin(parts, ".");
}

int PlaceOf(const ReadModules& modules, ObjectId object, int running) {
  const auto places = modules.places.find(object);
  if (places == modules.places.end()) return std::max(running, 0);
  if (places->second.size() > 1 && running >= 0) {
    for (int place : places->second) {
      if (modules.tree.modules[place].parent == running) return place;
    }
  }
  return places->second[0];
}

bool IsListOfOthers(const Module& module) {
  for (const char* container :
       {"ModuleList", "ModuleDict", "ParameterList", "ParameterDict"}) {
    if (module.type == container) return true;
  }
  return false;
}

bool IsForward(absl::string_view method) {
  return method == "forward" || absl::StartsWith(method, "forward__");
}

absl::StatusOr<ReadModules> ReadModuleTree(const torch::jit::Module& root) {
  ReadModules read;
  std::vector<Module>& modules = read.tree.modules;
  std::vector<Pending> pending = {{root._ivalue(), "", -1}};
  while (!pending.empty()) {
    const Pending next = std::move(pending.back());
    pending.pop_back();
    const int index = static_cast<int>(modules.size());
    Module module;
    module.name = next.name;
    module.parent = next.parent;
    if (next.parent >= 0) {
      const Module& parent = modules[next.parent];
      module.depth = parent.depth + 1;
      module.path = parent.path.empty()
                        ? next.name
                        : absl::StrCat(parent.path, ".", next.name);
    }
    const c10::ClassType& type = *next.object->type();
    module.full_type = ReadableClassName(type.name()->qualifiedName());
    module.type = type.name()->name();
    module.identity = reinterpret_cast<uint64_t>(next.object.get());
    ReadSlots(*next.object, module, read);
    std::vector<HeldModule> children = ModulesOf(*next.object);
    module.kind = KindOf(type, module);
    std::vector<int>& places = read.places[next.object.get()];
    if (!places.empty() && HoldsItself(modules, places, next.parent)) {
      return absl::DataLossError(
          absl::StrCat("module '", module.path, "' is inside of itself"));
    }
    if (index >= kMostModules) {
      return absl::DataLossError(absl::StrCat("its modules stand at more than ",
                                              kMostModules, " places"));
    }
    places.push_back(index);
    modules.push_back(std::move(module));
    read.types.push_back(next.object->type());
    // The first child is to be taken first: it goes on top.
    for (size_t i = children.size(); i > 0; --i) {
      HeldModule& child = children[i - 1];
      pending.push_back(
          {std::move(child.object), std::move(child.name), index});
    }
  }
  return read;
}

}  // namespace strata::torchscript
