#include "tests/testing.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"

namespace strata {

TensorSpec Float(Shape shape, uint64_t storage) {
  return TensorOf(DType::kFloat32, std::move(shape), storage);
}

TensorSpec TensorOf(DType dtype, Shape shape, uint64_t storage) {
  TensorSpec spec;
  spec.dtype = dtype;
  spec.shape = std::move(shape);
  spec.storage = storage;
  return spec;
}

ModuleTree TreeOf(const std::vector<std::string>& paths) {
  ModuleTree tree;
  absl::flat_hash_map<std::string, int> index;
  for (const std::string& path : paths) {
    Module module;
    module.path = path;
    const size_t dot = path.rfind('.');
    module.name = dot == std::string::npos ? path : path.substr(dot + 1);
    module.type = path.empty() ? "Root" : absl::StrCat("T", module.name);
    module.full_type = absl::StrCat("test.", module.type);
    if (!path.empty()) {
      module.parent =
          index.at(dot == std::string::npos ? "" : path.substr(0, dot));
      module.depth = tree.modules[module.parent].depth + 1;
    }
    index[path] = tree.size();
    tree.modules.push_back(std::move(module));
  }
  return tree;
}

absl::Status FakeModel::Run(const RunOptions& options, ModuleVisitor& visitor) {
  last_options_ = options;
  visitor.BeginRun(tree_, ConditionsOf(options, "fake"));
  absl::Status status = script_(visitor);
  if (status.ok()) visitor.EndRun();
  return status;
}

FakeModel TwoModules(absl::Status status) {
  return FakeModel(TreeOf({"", "a"}), [status](ModuleVisitor& visitor) {
    CallModule(visitor, 0, 0, {Float({2})}, {Float({2})});
    return status;
  });
}

ModelInfo File(const std::string& name) {
  ModelInfo info;
  info.set_file(name);
  return info;
}

void CallModule(ModuleVisitor& visitor, int module, int number,
                const std::vector<TensorSpec>& inputs,
                const std::vector<TensorSpec>& outputs,
                const std::function<void()>& inside) {
  visitor.EnterModule({module, number, inputs, {}});
  inside();
  visitor.LeaveModule({module, number, inputs, outputs});
}

std::string DataPath(const std::string& path) {
  const char* runfiles = std::getenv("TEST_SRCDIR");
  const char* workspace = std::getenv("TEST_WORKSPACE");
  if (runfiles == nullptr || workspace == nullptr) return path;
  return absl::StrCat(runfiles, "/", workspace, "/", path);
}

std::string WriteTempFile(const std::string& name, const std::string& content) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/", name);
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string ReadWholeFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace strata
