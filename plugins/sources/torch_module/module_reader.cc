#include "plugins/sources/torch_module/module_reader.h"

#include <torch/nn/module.h>

#include <exception>
#include <sstream>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "plugins/sources/libtorch/value_specs.h"
#include "plugins/sources/torch_module/layer_classes.h"

namespace strata::torch_module {
namespace {

// A hundred times as many as the largest models have.
constexpr int kMostModules = 1000000;

// A module that has to be read, and where it was found.
struct Pending {
  torch::nn::Module* object;
  std::string name;
  int parent;
};

// Is one of an object's places above `parent`, or `parent` itself?
bool HoldsItself(const std::vector<Module>& modules,
                 const std::vector<int>& places, int parent) {
  const absl::flat_hash_set<int> seen(places.begin(), places.end());
  for (int i = parent; i >= 0; i = modules[i].parent) {
    if (seen.contains(i)) return true;
  }
  return false;
}

void ReadTensors(const torch::nn::Module& object, Module& module) {
  for (const auto& item : object.named_parameters(/*recurse=*/false)) {
    if (!item.value().defined()) continue;
    module.parameters.push_back({item.key(), libtorch::SpecOf(item.value()),
                                 item.value().requires_grad()});
  }
  for (const auto& item : object.named_buffers(/*recurse=*/false)) {
    if (!item.value().defined()) continue;
    module.buffers.push_back(
        {item.key(), libtorch::SpecOf(item.value()), false});
  }
}

Module ReadModule(const torch::nn::Module& object, const Pending& pending,
                  const std::vector<Module>& modules) {
  Module module;
  module.name = pending.name;
  module.parent = pending.parent;
  if (pending.parent >= 0) {
    const Module& parent = modules[pending.parent];
    module.depth = parent.depth + 1;
    module.path = parent.path.empty()
                      ? pending.name
                      : absl::StrCat(parent.path, ".", pending.name);
  }
  module.full_type = ReadableClassName(object.name());
  module.type = ShortClassName(module.full_type);
  module.identity = reinterpret_cast<uint64_t>(&object);
  if (IsContainer(module.full_type)) module.kind = ModuleKind::kContainer;
  ReadTensors(object, module);
  // What others' classes print is theirs to choose.
  if (FindLayerClass(module.full_type) != nullptr) {
    std::ostringstream text;
    object.pretty_print(text);
    module.attributes = PrintedOptions(text.str());
  }
  return module;
}

}  // namespace

std::string ReadableClassName(absl::string_view name) {
  absl::ConsumeSuffix(&name, "Impl");
  return std::string(name);
}

std::string ShortClassName(absl::string_view name) {
  // Not a namespace in the arguments of a template.
  size_t begin = 0;
  int depth = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '<' || name[i] == '(') ++depth;
    if (name[i] == '>' || name[i] == ')') --depth;
    if (depth == 0 && absl::StartsWith(name.substr(i), "::")) begin = i + 2;
  }
  return std::string(name.substr(begin));
}

std::vector<std::pair<std::string, std::string>> PrintedOptions(
    absl::string_view text) {
  std::vector<std::pair<std::string, std::string>> options;
  size_t begin = text.find('(');
  if (begin == text.npos) return options;
  int depth = 0;
  for (size_t i = ++begin; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '(') ++depth;
    const bool is_end = depth == 0 && (text[i] == ',' || text[i] == ')');
    if (text[i] == ']' || text[i] == ')') --depth;
    if (!is_end) continue;
    absl::string_view option = text.substr(begin, i - begin);
    begin = i + 1;
    option = absl::StripAsciiWhitespace(option);
    const size_t equals = option.find('=');
    if (equals == option.npos) continue;
    absl::string_view value = option.substr(equals + 1);
    // As Python's layers have them.
    if (value == "true") value = "True";
    if (value == "false") value = "False";
    options.emplace_back(option.substr(0, equals), value);
  }
  return options;
}

absl::StatusOr<ReadModules> ReadModuleTree(torch::nn::Module& root) {
  ReadModules read;
  std::vector<Module>& modules = read.tree.modules;
  std::vector<Pending> pending = {{&root, "", -1}};
  while (!pending.empty()) {
    const Pending next = std::move(pending.back());
    pending.pop_back();
    const int index = static_cast<int>(modules.size());
    Module module = ReadModule(*next.object, next, modules);
    std::vector<int>& places = read.places[next.object];
    if (!places.empty() && HoldsItself(modules, places, next.parent)) {
      return absl::InvalidArgumentError(
          absl::StrCat("module '", module.path, "' is inside of itself"));
    }
    if (index >= kMostModules) {
      return absl::InvalidArgumentError(absl::StrCat(
          "its modules stand at more than ", kMostModules, " places"));
    }
    places.push_back(index);
    modules.push_back(std::move(module));
    read.objects.push_back(next.object);
    const auto children = next.object->named_children();
    // The first child is to be taken first: it goes on top.
    for (size_t i = children.size(); i > 0; --i) {
      const auto& child = children[i - 1];
      if (child.value() == nullptr) continue;
      read.held.push_back(child.value());
      pending.push_back({child.value().get(), child.key(), index});
    }
  }
  return read;
}

int PlaceOf(const ReadModules& modules, const torch::nn::Module* object,
            int running) {
  const auto found = modules.places.find(object);
  if (found == modules.places.end()) return -1;
  for (const int place : found->second) {
    // A list between them has no scope.
    int around = modules.tree.modules[place].parent;
    while (around > running && running >= 0) {
      around = modules.tree.modules[around].parent;
    }
    if (around == running) return place;
  }
  return found->second[0];
}

ModuleTensors TensorsOf(const ReadModules& modules) {
  ModuleTensors tensors;
  for (const torch::nn::Module* object : modules.objects) {
    for (const at::Tensor& tensor : object->parameters(/*recurse=*/false)) {
      tensors.parameters.push_back(tensor);
    }
    for (const at::Tensor& tensor : object->buffers(/*recurse=*/false)) {
      tensors.buffers.push_back(tensor);
    }
  }
  return tensors;
}

KeepModes::KeepModes(const ReadModules& modules, bool training)
    : modules_(modules) {
  for (const torch::nn::Module* object : modules.objects) {
    before_.push_back(object->is_training());
  }
  modules.objects[0]->train(training);
}

KeepModes::~KeepModes() {
  // A module's train() sets what is in it, too, so those follow.
  try {
    for (size_t i = 0; i < before_.size(); ++i) {
      torch::nn::Module& object = *modules_.objects[i];
      if (object.is_training() != before_[i]) object.train(before_[i]);
    }
  } catch (const std::exception&) {
    // A train() of the user's own, which did not raise a moment ago.
  }
}

}  // namespace strata::torch_module
