// What tests share: matchers for Status, a model that needs no LibTorch, files.

#ifndef STRATA_TESTS_TESTING_H_
#define STRATA_TESTS_TESTING_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/model.h"
#include "core/module_tree.h"
#include "core/summary.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace strata {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& status) {
  return status.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

// An error of this code whose message contains all of the text.
MATCHER_P2(IsError, code, text, absl::StrCat("is an error that says: ", text)) {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status.ToString();
  return status.code() == code &&
         status.message().find(text) != absl::string_view::npos;
}

#define STRATA_CONCAT_(a, b) a##b
#define STRATA_CONCAT(a, b) STRATA_CONCAT_(a, b)
#define ASSERT_OK_AND_ASSIGN(lhs, expression) \
  ASSERT_OK_AND_ASSIGN_(STRATA_CONCAT(status_or_, __LINE__), lhs, expression)
#define ASSERT_OK_AND_ASSIGN_(status_or, lhs, expression) \
  auto status_or = (expression);                          \
  ASSERT_THAT(status_or, ::strata::IsOk());               \
  lhs = *std::move(status_or)

// "float32" tensor of this shape; `storage` as in TensorSpec.
TensorSpec Float(Shape shape, uint64_t storage = 0);
TensorSpec TensorOf(DType dtype, Shape shape, uint64_t storage = 0);

// A tree by its paths, the root "" first, each parent before its children, as
// ModuleTree wants them. Types are the last parts of the names of the paths.
ModuleTree TreeOf(const std::vector<std::string>& paths);

// An operator as a visitor is shown it.
struct FakeOp {
  std::string name;
  std::vector<OpArgument> arguments;
  std::vector<TensorSpec> outputs;
  int nesting = 0;
  int module = 0;
  std::string overload;

  OpCall Call() const {
    return {name, overload, nesting, module, arguments, outputs};
  }
};

// A model whose run is a function of the test's.
class FakeModel : public Model {
 public:
  using Script = std::function<absl::Status(ModuleVisitor&)>;

  FakeModel(ModuleTree tree, Script script)
      : tree_(std::move(tree)), script_(std::move(script)) {}

  const ModuleTree& modules() const override { return tree_; }
  std::vector<std::string> devices() const override { return {"fake"}; }
  absl::Status Run(const RunOptions& options, ModuleVisitor& visitor) override;
  std::vector<std::string> warnings() const override { return warnings_; }

  void Warn(std::string warning) { warnings_.push_back(std::move(warning)); }
  const RunOptions& last_options() const { return last_options_; }

 private:
  ModuleTree tree_;
  Script script_;
  std::vector<std::string> warnings_;
  RunOptions last_options_;
};

// A root and its child "a"; the root's forward is called, and the run ends so.
FakeModel TwoModules(absl::Status status = absl::OkStatus());

// What is said of a model from this file.
ModelInfo File(const std::string& name);

// Shows the visitor one call of a module's forward around `inside`.
void CallModule(
    ModuleVisitor& visitor, int module, int number,
    const std::vector<TensorSpec>& inputs,
    const std::vector<TensorSpec>& outputs,
    const std::function<void()>& inside = [] {});

// A file that the test was given as data, by its path in the repository.
std::string DataPath(const std::string& path);

// A new file of this content in the test's own folder; its path.
std::string WriteTempFile(const std::string& name, const std::string& content);

std::string ReadWholeFile(const std::string& path);

}  // namespace strata

#endif  // STRATA_TESTS_TESTING_H_
