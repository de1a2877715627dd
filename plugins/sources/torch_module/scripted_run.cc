#include "plugins/sources/torch_module/scripted_run.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "plugins/sources/torch_module/attribution.h"
#include "plugins/sources/torch_module/replay.h"
#include "tests/testing.h"

namespace strata::torch_module {
namespace {

class Names {
 public:
  TensorSpec Tensor(absl::string_view name) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(name, absl::MaxSplits('#', 1));
    int64_t view = 0;
    EXPECT_TRUE(parts.second.empty() || absl::SimpleAtoi(parts.second, &view));
    const auto [it, is_new] =
        storages_.try_emplace(std::string(parts.first), storages_.size() + 1);
    return Float({4 + view}, it->second);
  }
  std::string NameOf(const TensorSpec& tensor) const {
    for (const auto& [name, storage] : storages_) {
      if (storage != tensor.storage) continue;
      const int64_t view = tensor.shape[0] - 4;
      return view == 0 ? name : absl::StrCat(name, "#", view);
    }
    return "?";
  }
  void Same(const std::string& name, const std::string& other) {
    storages_[name] = Tensor(other).storage;
  }

 private:
  std::map<std::string, uint64_t> storages_;
};

ModuleTree TreeFrom(const Modules& modules, Names& names) {
  std::vector<std::string> paths;
  for (const std::string& module : modules) {
    paths.push_back(std::vector<std::string>(absl::StrSplit(module, ' '))[0]);
  }
  ModuleTree tree = TreeOf(paths);
  for (size_t i = 0; i < modules.size(); ++i) {
    const std::vector<std::string> words = absl::StrSplit(modules[i], ' ');
    Module& module = tree.modules[i];
    module.type = words[1];
    const bool is_torch = absl::ascii_isupper(words[1][0]);
    module.full_type =
        is_torch ? absl::StrCat("torch::nn::", words[1]) : words[1];
    module.kind = IsContainer(module.full_type) ? ModuleKind::kContainer
                                                : ModuleKind::kCallable;
    for (size_t w = 2; w < words.size(); ++w) {
      const std::pair<std::string, std::string> parts =
          absl::StrSplit(words[w], absl::MaxSplits('=', 1));
      const std::string name =
          module.path.empty() ? parts.first
                              : absl::StrCat(module.path, ".", parts.first);
      if (!parts.second.empty()) names.Same(name, parts.second);
      module.parameters.push_back({parts.first, names.Tensor(name), true});
    }
  }
  return tree;
}

Recording RecordingFrom(const ModuleTree& tree, const Script& run,
                        Names& names) {
  Recording recording;
  Recorder recorder(recording);
  for (absl::string_view line : run) {
    if (line == "leave") {
      recorder.LeaveScope(false);
      continue;
    }
    if (absl::ConsumePrefix(&line, "enter ")) {
      for (int i = 0; i < tree.size(); ++i) {
        if (tree.modules[i].path == line) recorder.EnterScope(i);
      }
      continue;
    }
    const std::vector<std::string> parts =
        absl::StrSplit(line, absl::ByAnyChar("()"));
    FakeOp op;
    op.name = absl::StrCat("aten::", parts[0]);
    for (absl::string_view name :
         absl::StrSplit(parts[1], ", ", absl::SkipEmpty())) {
      op.arguments.push_back(names.Tensor(name));
    }
    absl::string_view outputs = parts[2];
    absl::ConsumePrefix(&outputs, " -> ");
    for (absl::string_view name :
         absl::StrSplit(outputs, ", ", absl::SkipEmpty())) {
      op.outputs.push_back(names.Tensor(name));
    }
    recorder.VisitOp(op.Call());
  }
  return recording;
}

class Writer : public ModuleVisitor {
 public:
  explicit Writer(const ModuleTree& tree) : tree_(tree) {}
  void EnterModule(const ModuleCall& call) override {
    const std::string& path = tree_.modules[call.module].path;
    Add(absl::StrCat(path.empty() ? ":" : path, "{"));
    is_first_ = true;
  }
  void LeaveModule(const ModuleCall&) override {
    absl::StrAppend(&text_, "}");
    is_first_ = false;
  }
  void VisitOp(const OpCall& op) override {
    Add(absl::StripPrefix(op.name, "aten::"));
  }
  const std::string& text() const { return text_; }

 private:
  void Add(absl::string_view word) {
    absl::StrAppend(&text_, is_first_ ? "" : " ", word);
    is_first_ = false;
  }
  const ModuleTree& tree_;
  std::string text_;
  bool is_first_ = true;
};

}  // namespace

Attributed AttributedRun(const Modules& modules, const Script& run) {
  Names names;
  const ModuleTree tree = TreeFrom(modules, names);
  const Recording recording = RecordingFrom(tree, run, names);
  const ModuleIndex index(tree);
  const std::vector<TensorSpec> inputs = {names.Tensor("x")};
  const std::vector<const RecordedOperator*> operators =
      OutermostOperators(recording);
  const Values values(operators, inputs, {}, [&](const TensorSpec& tensor) {
    return index.IsOwned(tensor);
  });
  const Attribution attribution =
      Attribute(tree, index, recording, values, true);
  const std::vector<CallTensors> tensors =
      TensorsOfCalls(recording, attribution, values);
  Writer writer(tree);
  Replay(recording, attribution, tensors, true, writer);
  Attributed attributed;
  attributed.text = writer.text();
  attributed.inferred = absl::StrJoin(
      attribution.inferred, " ", [&](std::string* out, int module) {
        const std::string& path = tree.modules[module].path;
        absl::StrAppend(out, path.empty() ? ":" : path);
      });
  const auto add_name = [&](std::string* out, const TensorSpec& tensor) {
    absl::StrAppend(out, names.NameOf(tensor));
  };
  for (size_t i = 0; i < attribution.calls.size(); ++i) {
    const int module = attribution.calls[i].module;
    std::string& text = attributed.tensors[tree.modules[module].path];
    absl::StrAppend(&text, text.empty() ? "" : "; ",
                    absl::StrJoin(tensors[i].inputs, ",", add_name), " -> ",
                    absl::StrJoin(tensors[i].outputs, ",", add_name));
  }
  return attributed;
}

}  // namespace strata::torch_module
