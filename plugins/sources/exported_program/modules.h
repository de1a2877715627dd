// The module tree that a program tells of.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_MODULES_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_MODULES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "core/module_tree.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

// What the program stands for where the file does not say a module's class.
inline constexpr char kUnknownType[] = "?";

struct Modules {
  ModuleTree tree;
  absl::flat_hash_map<std::string, int> by_path;
  std::vector<int>
      by_name;  // By Program::names: the module at that path, or -1.
  // By value: the module that holds it, where it is a parameter or a buffer,
  // else -1.
  std::vector<int> owners;
  // By value: which memory it has, where it is stored; else 0.
  std::vector<uint64_t> storages;
  uint64_t next_storage = 1;  // Those from here on belong to nothing yet.
  std::vector<std::string> warnings;
};

// `program` has been read; a stack that names a module which is not listed has
// that frame taken away.
Modules FindModules(Program& program);

// "conv1" of "layer1.0.conv1".
absl::string_view LastName(absl::string_view path);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_MODULES_H_
