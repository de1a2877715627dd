#include "plugins/sources/torch_module/attribution.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "plugins/sources/torch_module/replay.h"
#include "tests/testing.h"

namespace strata::torch_module {
namespace {

// "path Type": "path Type w" has a parameter `path.w`, "path Type w=other.w"
// one that is other's. A type that begins with a small letter is the user's
// own; others are of torch::nn.
using Modules = std::vector<std::string>;

// "relu(x) -> y", "enter path", "leave". A value is called by its name; `v#2`
// is a view of `v`. `x` is the model's input.
using Script = std::vector<std::string>;

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

// "fc1{t addmm}" for a call with its operators; "fc1?{…}" for one that was
// worked out. The root is ":".
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

struct Attributed {
  std::string text;                            // As Writer has it.
  std::string inferred;                        // Paths.
  std::map<std::string, std::string> tensors;  // By path: "x -> y; x2 -> y2".
};

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

struct Case {
  const char* name;
  Modules modules;
  Script run;
  const char* text;
  const char* inferred;
};

std::vector<Case> Cases() {
  return {
      {"by parameters, and by registration between them",
       {" net", "conv Conv2d w b", "relu ReLU", "fc Linear w b"},
       {"conv2d(x, conv.w, conv.b) -> a", "relu(a) -> b", "flatten(b) -> b#1",
        "t(fc.w) -> fc.w#1", "addmm(fc.b, b#1, fc.w#1) -> c"},
       ":{conv{conv2d} relu{relu} flatten fc{t addmm}}",
       ": conv relu fc"},
      {"in a scope a layer's own operator is certain, a layer without "
       "parameters is not",
       {" net", "conv Conv2d w", "relu ReLU", "fc Linear w"},
       {"enter ", "conv2d(x, conv.w) -> a", "relu(a) -> b", "t(fc.w) -> fc.w#1",
        "matmul(b, fc.w#1) -> c", "leave"},
       ":{conv{conv2d} relu{relu} fc{t matmul}}",
       "relu"},
      {"a scope of the layer makes that certain, too",
       {" net", "conv Conv2d w", "relu ReLU"},
       {"enter ", "conv2d(x, conv.w) -> a", "enter relu", "relu(a) -> b",
        "leave", "relu(b) -> c", "leave"},
       ":{conv{conv2d} relu{relu} relu{relu}}",
       "relu"},
      {"a Sequential has no code of its own",
       {" net", "seq Sequential", "seq.0 Conv2d w", "seq.1 ReLU",
        "seq.2 Conv2d w", "seq.3 ReLU", "fc Linear w"},
       {"conv2d(x, seq.0.w) -> a", "relu_(a) -> a", "conv2d(a, seq.2.w) -> b",
        "relu(b) -> c", "t(fc.w) -> fc.w#1", "matmul(c, fc.w#1) -> d"},
       ":{seq{seq.0{conv2d} seq.1{relu_} seq.2{conv2d} seq.3{relu}} "
       "fc{t matmul}}",
       ": seq seq.0 seq.1 seq.2 seq.3 fc"},
      {"a Sequential is certain of what it calls, Identity among them",
       {" Sequential", "0 Conv2d w", "1 Identity", "2 ReLU", "3 Identity"},
       {"conv2d(x, 0.w) -> a", "relu(a) -> b"},
       ":{0{conv2d} 1{} 2{relu} 3{}}",
       ""},
      {"one layer used twice, and the sum is the block's",
       {" net", "block basic", "block.conv1 Conv2d w", "block.relu ReLU",
        "block.conv2 Conv2d w", "fc Linear w"},
       {"conv2d(x, block.conv1.w) -> a", "relu(a) -> b",
        "conv2d(b, block.conv2.w) -> c", "add_(c, x) -> c", "relu(c) -> d",
        "t(fc.w) -> fc.w#1", "matmul(d, fc.w#1) -> e"},
       ":{block{block.conv1{conv2d} block.relu{relu} block.conv2{conv2d} add_ "
       "block.relu{relu}} fc{t matmul}}",
       ": block block.conv1 block.relu block.conv2 fc"},
      {"a tied head is the head, by its operator",
       {" net", "embed Embedding w", "head Linear w=embed.w"},
       {"embedding(embed.w, x) -> a", "t(embed.w) -> embed.w#1",
        "matmul(a, embed.w#1) -> b"},
       ":{embed{embedding} head{t matmul}}",
       ": embed head"},
      {"a weight that others use in another way is not its layer's",
       {" net", "embed Embedding w"},
       {"embedding(embed.w, x) -> a", "t(embed.w) -> embed.w#1",
        "matmul(a, embed.w#1) -> b"},
       ":{embed{embedding} t matmul}",
       ": embed"},
      {"of layers with one weight the next one in order",
       {" net", "a Linear w", "b Linear w=a.w", "c Linear w=a.w"},
       {"t(a.w) -> a.w#1", "matmul(x, a.w#1) -> p", "t(a.w) -> a.w#1",
        "matmul(p, a.w#1) -> q", "t(a.w) -> a.w#1", "matmul(q, a.w#1) -> r"},
       ":{a{t matmul} b{t matmul} c{t matmul}}",
       ": a b c"},
      {"a layer in a loop",
       {" net", "fc Linear w"},
       {"t(fc.w) -> fc.w#1", "matmul(x, fc.w#1) -> a", "t(fc.w) -> fc.w#1",
        "matmul(a, fc.w#1) -> b", "relu(b) -> c", "t(fc.w) -> fc.w#1",
        "matmul(c, fc.w#1) -> d"},
       ":{fc{t matmul} fc{t matmul} relu fc{t matmul}}",
       ": fc"},
      {"a block that is called again, with what it gave",
       {" net", "block own", "block.a Linear w", "block.b Linear w"},
       {"t(block.a.w) -> block.a.w#1", "matmul(x, block.a.w#1) -> p",
        "t(block.b.w) -> block.b.w#1", "matmul(p, block.b.w#1) -> q",
        "t(block.a.w) -> block.a.w#1", "matmul(q, block.a.w#1) -> r",
        "t(block.b.w) -> block.b.w#1", "matmul(r, block.b.w#1) -> s"},
       ":{block{block.a{t matmul} block.b{t matmul}} "
       "block{block.a{t matmul} block.b{t matmul}}}",
       ": block block.a block.b"},
      {"a block that goes round in a loop and keeps a state",
       {" net", "block own", "block.cell LSTMCell w", "block.out Linear w"},
       {"lstm_cell(x, block.cell.w) -> h, c", "t(block.out.w) -> block.out.w#1",
        "matmul(h, block.out.w#1) -> y",
        "lstm_cell(y, h, c, block.cell.w) -> h2, c2",
        "t(block.out.w) -> block.out.w#1", "matmul(h2, block.out.w#1) -> y2"},
       ":{block{block.cell{lstm_cell} block.out{t matmul} "
       "block.cell{lstm_cell} block.out{t matmul}}}",
       ": block block.cell block.out"},
      {"what takes two values from inside of a block is inside of it",
       {" net", "stage Sequential", "stage.0 basic", "stage.0.conv Conv2d w",
        "stage.1 basic", "stage.1.conv Conv2d w", "fc Linear w"},
       {"conv2d(x, stage.0.conv.w) -> a", "add(a, x) -> b",
        "conv2d(b, stage.1.conv.w) -> c", "add(c, b) -> d", "t(fc.w) -> fc.w#1",
        "matmul(d, fc.w#1) -> e"},
       ":{stage{stage.0{stage.0.conv{conv2d} add} "
       "stage.1{stage.1.conv{conv2d} add}} fc{t matmul}}",
       ": stage stage.0 stage.0.conv stage.1 stage.1.conv fc"},
      {"attention is one call, with its last projection",
       {" net", "attn MultiheadAttention in b", "attn.out_proj Linear w b",
        "drop Dropout", "norm LayerNorm w"},
       {"equal(x, x)", "t(attn.in) -> attn.in#1", "matmul(x, attn.in#1) -> p",
        "add_(p, attn.b) -> p", "chunk(p) -> p#1, p#2, p#3",
        "bmm(p#1, p#2) -> s", "softmax(s) -> m", "dropout(m) -> m",
        "bmm(m, p#3) -> o", "t(attn.out_proj.w) -> attn.out_proj.w#1",
        "matmul(o, attn.out_proj.w#1) -> y", "add_(y, attn.out_proj.b) -> y",
        "sum(m) -> n", "div(n) -> n2", "dropout(y) -> y", "add(x, y) -> z",
        "layer_norm(z, norm.w) -> u"},
       ":{attn{equal t matmul add_ chunk bmm softmax dropout bmm t matmul add_ "
       "sum div} drop{dropout} add norm{layer_norm}}",
       ": attn attn.out_proj drop norm"},
      {"what a recurrent layer makes for itself is its own",
       {" net", "lstm LSTM w", "fc Linear w"},
       {"zeros() -> h0", "lstm(x, h0, lstm.w) -> y, h, c", "t(fc.w) -> fc.w#1",
        "matmul(y, fc.w#1) -> z"},
       ":{lstm{zeros lstm} fc{t matmul}}",
       ": lstm fc"},
      {"modules that say when they run, and one that does not",
       {" net", "a own", "a.fc Linear w", "b own", "b.fc Linear w"},
       {"enter ", "enter a", "t(a.fc.w) -> a.fc.w#1",
        "matmul(x, a.fc.w#1) -> p", "relu(p) -> q", "leave", "relu(q) -> r",
        "t(b.fc.w) -> b.fc.w#1", "matmul(r, b.fc.w#1) -> s", "leave"},
       ":{a{a.fc{t matmul} relu} relu b{b.fc{t matmul}}}",
       "b b.fc"},
      {"modules in a list are called by what holds the list",
       {" net", "list ModuleList", "list.0 own", "list.0.fc Linear w",
        "list.1 own", "list.1.fc Linear w"},
       {"t(list.0.fc.w) -> list.0.fc.w#1", "matmul(x, list.0.fc.w#1) -> p",
        "add(x, p) -> q", "t(list.1.fc.w) -> list.1.fc.w#1",
        "matmul(q, list.1.fc.w#1) -> r"},
       ":{list.0{list.0.fc{t matmul}} add list.1{list.1.fc{t matmul}}}",
       ": list.0 list.0.fc list.1 list.1.fc"},
  };
}

TEST(AttributionTest, FindsTheModules) {
  for (const Case& one : Cases()) {
    const Attributed attributed = AttributedRun(one.modules, one.run);
    EXPECT_EQ(attributed.text, one.text) << one.name;
    EXPECT_EQ(attributed.inferred, one.inferred) << one.name;
  }
}

TEST(AttributionTest, TensorsOfCallsAreThoseThatCrossTheirBorders) {
  // Memory of `a` is used again, by `b`, after it was given back.
  const Attributed attributed = AttributedRun(
      {" net", "block own", "block.a Conv2d w", "block.b Conv2d w", "head own",
       "head.mean Linear w", "head.deviation Linear w", "drop Dropout"},
      {"conv2d(x, block.a.w) -> a", "relu(a) -> b", "view(b) -> b#1",
       "conv2d(b#1, block.b.w) -> a", "dropout(a) -> a",
       "t(head.mean.w) -> head.mean.w#1", "matmul(a, head.mean.w#1) -> m",
       "t(head.deviation.w) -> head.deviation.w#1",
       "matmul(a, head.deviation.w#1) -> d", "add(m, d, a) -> z"});
  EXPECT_EQ(attributed.tensors.at("block"), "x -> a");
  EXPECT_EQ(attributed.tensors.at("block.a"), "x -> a");
  EXPECT_EQ(attributed.tensors.at("block.b"), "b#1 -> a");
  EXPECT_EQ(attributed.tensors.at("head.mean"), "a -> m");
  EXPECT_EQ(attributed.tensors.at("head.deviation"), "a -> d");
  EXPECT_EQ(attributed.tensors.at("drop"), "a -> a");
}

TEST(AttributionTest, DeepAndLongRunsTakeLinearTime) {
  Modules modules = {" net"};
  std::string path = "m";
  Script run;
  constexpr int kDeep = 3000;
  for (int i = 0; i < kDeep; ++i) {
    modules.push_back(absl::StrCat(path, " own w"));
    run.push_back(absl::StrCat("mul(x, ", path, ".w) -> x"));
    run.push_back("relu(x) -> x");
    path += ".m";
  }
  const Attributed attributed = AttributedRun(modules, run);
  EXPECT_EQ(attributed.tensors.size(), kDeep + 1u);
}

}  // namespace
}  // namespace strata::torch_module
