#include "plugins/sources/exported_program/modules.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/count.h"
#include "core/printable.h"

namespace strata::exported_program {
namespace {

absl::string_view ParentPath(absl::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == path.npos ? absl::string_view() : path.substr(0, dot);
}

// A key without what tells the calls of one module apart: "L__self__lin@1".
absl::string_view KeyOfModule(absl::string_view key) {
  const size_t at = key.rfind('@');
  if (at == key.npos || at + 1 == key.size()) return key;
  for (char c : key.substr(at + 1)) {
    if (c < '0' || c > '9') return key;
  }
  return key.substr(0, at);
}

// Entries that are only another call of a module: "lin@1".
absl::flat_hash_set<absl::string_view> LaterCalls(const Program& program) {
  const absl::flat_hash_set<absl::string_view> all(program.module_paths.begin(),
                                                   program.module_paths.end());
  absl::flat_hash_set<absl::string_view> later;
  for (const CallSignature& call : program.signatures) {
    const absl::string_view base = KeyOfModule(call.name);
    if (base.size() != call.name.size() && all.contains(base)) {
      later.insert(call.name);
    }
  }
  return later;
}

class Builder {
 public:
  explicit Builder(Program& program) : program_(program) {}

  Modules Build() {
    AddPaths();
    AddTypes();
    AddTensors();
    AddKinds();
    return std::move(modules_);
  }

 private:
  ModuleTree& tree() { return modules_.tree; }

  // Depth first, in the order of the list. What is inside of a module that is
  // not listed belongs to the one around it.
  void AddPaths() {
    const auto later = LaterCalls(program_);
    std::vector<absl::string_view> paths = {""};
    absl::flat_hash_map<absl::string_view, size_t> places = {{"", 0}};
    for (const std::string& path : program_.module_paths) {
      if (later.contains(path)) continue;
      if (places.try_emplace(path, paths.size()).second) paths.push_back(path);
    }
    std::vector<std::vector<size_t>> children(paths.size());
    for (size_t i = 1; i < paths.size(); ++i) {
      absl::string_view parent = ParentPath(paths[i]);
      while (!places.contains(parent)) parent = ParentPath(parent);
      children[places[parent]].push_back(i);
    }
    struct Open {
      size_t place;
      int parent;
    };
    std::vector<Open> open = {{0, -1}};
    while (!open.empty()) {
      const auto [place, parent] = open.back();
      open.pop_back();
      const int index = tree().size();
      Module module;
      module.path = std::string(paths[place]);
      // Without its parent's path, which may not be the part before the dot.
      absl::string_view name = paths[place];
      if (parent >= 0 && !tree().modules[parent].path.empty()) {
        name.remove_prefix(tree().modules[parent].path.size() + 1);
      }
      module.name = std::string(name);
      module.type = module.full_type = kUnknownType;
      module.parent = parent;
      module.depth = parent < 0 ? 0 : tree().modules[parent].depth + 1;
      modules_.by_path.emplace(module.path, index);
      tree().modules.push_back(std::move(module));
      const std::vector<size_t>& inside = children[place];
      for (auto child = inside.rbegin(); child != inside.rend(); ++child) {
        open.push_back({*child, index});
      }
    }
  }

  // The classes of those that a stack names. One key is one module, at
  // whatever path.
  void AddTypes() {
    was_called_.assign(tree().size(), false);
    modules_.by_name.assign(program_.names.size(), -1);
    std::vector<bool> looked_up(program_.names.size(), false);
    absl::flat_hash_map<absl::string_view, int> keys;
    int lost = 0;
    std::string first_lost;
    for (ModuleStack& stack : program_.stacks) {
      const auto is_lost = [&](const Frame& frame) {
        int& module = modules_.by_name[frame.path];
        if (!looked_up[frame.path]) {
          looked_up[frame.path] = true;
          const auto found = modules_.by_path.find(program_.names[frame.path]);
          if (found != modules_.by_path.end()) module = found->second;
        }
        if (module >= 0) return false;
        if (lost++ == 0) first_lost = program_.names[frame.path];
        return true;
      };
      stack.erase(std::remove_if(stack.begin(), stack.end(), is_lost),
                  stack.end());
      for (const Frame& frame : stack) {
        const int index = modules_.by_name[frame.path];
        if (was_called_[index]) continue;
        was_called_[index] = true;
        Module& module = tree().modules[index];
        module.full_type = program_.names[frame.type];
        module.type = std::string(LastName(module.full_type));
        if (module.type.empty()) module.type = kUnknownType;
        module.identity =
            keys.try_emplace(KeyOfModule(program_.names[frame.key]), index + 1)
                .first->second;
      }
    }
    for (int i = 0; i < tree().size(); ++i) {
      if (tree().modules[i].identity == 0) tree().modules[i].identity = i + 1;
    }
    was_called_[0] = true;
    if (lost > 0) {
      modules_.warnings.push_back(absl::StrCat(
          "the file's operators name modules that it does not list ('",
          Printable(first_lost, true),
          "'): what they did is told of those around them"));
    }
  }

  void AddTensors() {
    modules_.owners.assign(program_.values.size(), -1);
    modules_.storages.assign(program_.values.size(), 0);
    absl::flat_hash_map<absl::string_view, const WeightRecord*> weights;
    Id records = 0;
    for (const WeightRecord& weight : program_.weights) {
      weights.try_emplace(weight.name, &weight);
      records = std::max(records, weight.record + 1);
    }
    modules_.next_storage = static_cast<uint64_t>(records) + 1;
    std::vector<int64_t> record_bytes(records, 0);
    const auto spec_of = [&](const StoredTensor& stored) {
      const Value& value = program_.values[stored.value];
      TensorSpec spec;
      spec.dtype = value.dtype;
      for (uint32_t i = value.sizes.begin; i < value.sizes.end; ++i) {
        spec.shape.push_back(program_.sizes[i].hint);
      }
      return spec;
    };
    const auto record_of = [&](const StoredTensor& stored) {
      const auto found = weights.find(stored.name);
      return found == weights.end() ? nullptr : found->second;
    };
    for (const StoredTensor& stored : program_.stored) {
      const WeightRecord* record = record_of(stored);
      const auto bytes = spec_of(stored).NumBytes();
      if (record == nullptr || !bytes) continue;
      int64_t& most = record_bytes[record->record];
      most = std::max(most, *bytes);
    }
    int without_data = 0;
    for (const StoredTensor& stored : program_.stored) {
      ParameterInfo info;
      info.tensor = spec_of(stored);
      const WeightRecord* record = record_of(stored);
      const int64_t bytes = info.tensor.NumBytes().value_or(1);
      // A record that holds nothing is that of all tensors on the meta device.
      if (record != nullptr && (record->bytes > 0 || bytes == 0)) {
        info.tensor.storage = static_cast<uint64_t>(record->record) + 1;
        info.tensor.storage_offset = record->offset;
        info.tensor.storage_bytes = record_bytes[record->record];
      } else {
        if (stored.kind == StoredTensor::Kind::kParameter) ++without_data;
        info.tensor.storage = modules_.next_storage++;
        info.tensor.storage_bytes = bytes;
      }
      modules_.storages[stored.value] = info.tensor.storage;
      AddTensor(stored, std::move(info));
    }
    if (without_data > 0) {
      modules_.warnings.push_back(
          "the file holds no values of its parameters (it was exported on the "
          "meta device, or by an older PyTorch): which of them are one tensor "
          "cannot be told, and each counts on its own");
    }
  }

  void AddTensor(const StoredTensor& stored, ParameterInfo info) {
    absl::string_view path = ParentPath(stored.name);
    while (!modules_.by_path.contains(path)) path = ParentPath(path);
    const int owner = modules_.by_path[path];
    absl::string_view name = stored.name;
    if (!path.empty()) name.remove_prefix(path.size() + 1);
    info.name = std::string(name);
    modules_.owners[stored.value] = owner;
    Module& module = tree().modules[owner];
    if (stored.kind == StoredTensor::Kind::kParameter) {
      info.trainable = program_.values[stored.value].requires_grad;
      module.parameters.push_back(std::move(info));
    } else if (stored.kind == StoredTensor::Kind::kBuffer) {
      module.buffers.push_back(std::move(info));
    }
  }

  // A module that holds others and nothing else, and was never called, is taken
  // for a ModuleList or its like.
  void AddKinds() {
    std::vector<bool> has_children(tree().size(), false);
    for (const Module& module : tree().modules) {
      if (module.parent >= 0) has_children[module.parent] = true;
    }
    int unknown = 0;
    std::string first;
    for (int i = 0; i < tree().size(); ++i) {
      Module& module = tree().modules[i];
      if (was_called_[i]) continue;
      if (has_children[i] && module.parameters.empty() &&
          module.buffers.empty()) {
        module.kind = ModuleKind::kContainer;
      } else if (unknown++ == 0) {
        first = module.path;
      }
    }
    if (unknown > 0) {
      modules_.warnings.push_back(absl::StrCat(
          "the file says nothing of ", unknown,
          unknown == 1 ? " module" : " modules", " but the name ('",
          Printable(first, true), unknown == 1 ? "')" : "' and others)",
          ": no operator was recorded in ", unknown == 1 ? "it" : "them",
          ", so that its class, and whether it ran, are not known"));
    }
  }

  Program& program_;
  Modules modules_;
  std::vector<bool> was_called_;
};

}  // namespace

absl::string_view LastName(absl::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == path.npos ? path : path.substr(dot + 1);
}

Modules FindModules(Program& program) { return Builder(program).Build(); }

}  // namespace strata::exported_program
