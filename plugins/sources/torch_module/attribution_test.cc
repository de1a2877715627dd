#include "plugins/sources/torch_module/attribution.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "plugins/sources/torch_module/scripted_run.h"

namespace strata::torch_module {
namespace {

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
      {"functions in a Sequential",
       {" net", "seq Sequential", "seq.0 Conv2d w", "seq.1 Functional",
        "seq.2 Conv2d w", "seq.3 Functional", "fc Linear w"},
       {"conv2d(x, seq.0.w) -> a", "neg(a) -> b", "relu(b) -> c",
        "conv2d(c, seq.2.w) -> d", "tanh(d) -> e", "flatten(e) -> e#1",
        "t(fc.w) -> fc.w#1", "matmul(e#1, fc.w#1) -> f"},
       ":{seq{seq.0{conv2d} seq.1{neg relu} seq.2{conv2d} seq.3{tanh}} "
       "flatten fc{t matmul}}",
       ": seq seq.0 seq.1 seq.2 seq.3 fc"},
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
      {"what a list's modules gave is there for who calls them",
       {" net", "list ModuleList", "list.0 own", "list.0.fc Linear w",
        "list.1 own", "list.1.fc Linear w", "head Linear w"},
       {"t(list.0.fc.w) -> list.0.fc.w#1", "matmul(x, list.0.fc.w#1) -> p",
        "t(list.1.fc.w) -> list.1.fc.w#1", "matmul(x, list.1.fc.w#1) -> q",
        "cat(p, q) -> r", "t(head.w) -> head.w#1", "matmul(r, head.w#1) -> s"},
       ":{list.0{list.0.fc{t matmul}} list.1{list.1.fc{t matmul}} cat "
       "head{t matmul}}",
       ": list.0 list.0.fc list.1 list.1.fc head"},
      {"layers that are registered before what they come after",
       {" net", "relu1 ReLU", "relu2 ReLU", "a Conv2d w", "b Conv2d w"},
       {"conv2d(x, a.w) -> p", "relu(p) -> q", "conv2d(q, b.w) -> r",
        "relu(r) -> s"},
       ":{a{conv2d} relu1{relu} b{conv2d} relu2{relu}}",
       ": relu1 relu2 a b"},
      {"what nobody used: it was not called, as far as is known",
       {" net", "a Conv2d w", "idle Conv2d w", "same Identity"},
       {"enter ", "conv2d(x, a.w) -> p", "leave"},
       ":{a{conv2d}}",
       "same"},
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
