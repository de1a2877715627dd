#include "core/data_flow.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::ElementsAreArray;

// A tensor of this storage, [2].
TensorSpec T(uint64_t storage) { return Float({2}, storage); }

// A run that is told call by call, by the paths of its modules.
class FakeRun {
 public:
  explicit FakeRun(const std::vector<std::string>& paths)
      : tree_(TreeOf(paths)), paths_(paths) {
    flow_.BeginRun(tree_, RunInfo());
  }

  void Call(
      const std::string& path, const std::vector<TensorSpec>& inputs,
      const std::vector<TensorSpec>& outputs,
      const std::function<void()>& inside = [] {}) {
    running_.push_back(Place(path));
    CallModule(flow_, Place(path), 0, inputs, outputs, inside);
    running_.pop_back();
  }

  // An operator of the code of the module that runs.
  void Op(const std::string& name, std::vector<OpArgument> arguments,
          std::vector<TensorSpec> outputs, int nesting = 0) {
    flow_.VisitOp(FakeOp{name, std::move(arguments), std::move(outputs),
                         nesting, running_.back(), ""}
                      .Call());
  }

  Summary Result() const {
    Summary summary;
    flow_.AddEdges(summary);
    return summary;
  }

  // "a > b [2] add": the root is "model", an output has ">>".
  std::vector<std::string> Edges() const {
    std::vector<std::string> texts;
    const Summary summary = Result();
    for (const Edge& edge : summary.edges()) {
      std::string text = absl::StrCat(
          Name(edge.from()), edge.output() ? " >> " : " > ", Name(edge.to()));
      for (const Tensor& tensor : edge.tensors()) {
        absl::StrAppend(&text, " [", absl::StrJoin(tensor.shape(), ","), "]");
      }
      for (const std::string& name : edge.operators()) {
        absl::StrAppend(&text, " ", name);
      }
      texts.push_back(std::move(text));
    }
    return texts;
  }

 private:
  int Place(const std::string& path) const {
    return static_cast<int>(absl::c_find(paths_, path) - paths_.begin());
  }
  std::string Name(int place) const {
    return place == 0 ? "model" : paths_[place];
  }

  const ModuleTree tree_;
  const std::vector<std::string> paths_;
  std::vector<int> running_;
  DataFlow flow_;
};

struct Case {
  const char* name;
  std::vector<std::string> paths;
  std::function<void(FakeRun&)> script;  // What the root's forward does.
  std::vector<TensorSpec> outputs;       // The root's.
  std::vector<std::string> edges;
};

// The model's input is T(1).
const Case kCases[] = {
    {"a chain",
     {"", "a", "b"},
     [](FakeRun& run) {
       run.Call("a", {T(1)}, {T(2)});
       run.Call("b", {T(2)}, {T(3)});
     },
     {T(3)},
     {"model > a [2]", "a > b [2]", "b >> model [2]"}},
    {"modules that do not run",
     {"", "a", "b"},
     [](FakeRun& run) { run.Call("a", {T(1)}, {T(2)}); },
     {T(2)},
     {"model > a [2]", "a >> model [2]"}},
    {"a residual: both summands come through the operator",
     {"", "conv", "relu"},
     [](FakeRun& run) {
       run.Call("conv", {T(1)}, {T(2)});
       run.Op("aten::add_", {T(2), T(1), int64_t{1}}, {T(2)});
       run.Call("relu", {T(2)}, {T(3)});
     },
     {T(3)},
     {"model > conv [2]", "model > relu [2] add", "conv > relu [2] add",
      "relu >> model [2]"}},
    {"operators on the way of one source are not those of another's",
     {"", "a", "b", "c"},
     [](FakeRun& run) {
       run.Call("a", {T(1)}, {T(2)});
       run.Call("b", {T(1)}, {T(3)});
       run.Op("aten::view", {T(2)}, {T(2)});
       run.Op("aten::cat", {std::vector<TensorSpec>{T(2), T(3)}}, {T(4)});
       run.Call("c", {T(4)}, {T(5)});
     },
     {T(5)},
     {"model > a [2]", "model > b [2]", "a > c [2] view cat", "b > c [2] cat",
      "c >> model [2]"}},
    {"a container takes and gives what its children do",
     {"", "a", "s", "s.b", "s.c", "d"},
     [](FakeRun& run) {
       run.Call("a", {T(1)}, {T(2)});
       run.Call("s", {T(2)}, {T(4)}, [&] {
         run.Call("s.b", {T(2)}, {T(3)});
         run.Call("s.c", {T(3)}, {T(4)});
       });
       run.Call("d", {T(4)}, {T(5)});
     },
     {T(5)},
     {"model > a [2]", "a > s [2]", "a > s.b [2]", "s.b > s.c [2]",
      "s.c >> s [2]", "s > d [2]", "d >> model [2]"}},
    {"a block whose own code makes its output of its input, too",
     {"", "s", "s.b", "d"},
     [](FakeRun& run) {
       run.Call("s", {T(1)}, {T(3)}, [&] {
         run.Call("s.b", {T(1)}, {T(2)});
         run.Op("aten::add", {T(1), T(2)}, {T(3)});
       });
       run.Call("d", {T(3)}, {T(4)});
     },
     {T(4)},
     {"model > s [2]", "model > s.b [2]", "model >> s [2] add",
      "s.b >> s [2] add", "s > d [2]", "d >> model [2]"}},
    {"a module that is called twice",
     {"", "a", "relu", "b"},
     [](FakeRun& run) {
       run.Call("a", {T(1)}, {T(2)});
       run.Call("relu", {T(2)}, {T(3)});
       run.Call("b", {T(3)}, {T(4)});
       run.Call("relu", {T(4)}, {T(5)});
     },
     {T(5)},
     {"model > a [2]", "a > relu [2]", "relu > b [2]", "b > relu [2]",
      "relu >> model [2]"}},
    {"repeated calls are one edge, each form once",
     {"", "a", "b"},
     [](FakeRun& run) {
       for (uint64_t i = 0; i < 3; ++i) {
         const Shape shape = {2, i == 0 ? 1 : 3};
         run.Call("a", {T(1)}, {Float(shape, 10 + i)});
         run.Call("b", {Float(shape, 10 + i)}, {T(20 + i)});
       }
     },
     {T(22)},
     {"model > a [2]", "a > b [2,1] [2,3]", "b >> model [2]"}},
    {"a module fed with its own output",
     {"", "cell"},
     [](FakeRun& run) {
       run.Call("cell", {T(1)}, {T(2)});
       run.Call("cell", {T(2)}, {T(3)});
     },
     {T(3)},
     {"model > cell [2]", "cell > cell [2]", "cell >> model [2]"}},
    {"a module within itself",
     {"", "f", "f.g"},
     [](FakeRun& run) {
       run.Call("f", {T(1)}, {T(4)}, [&] {
         run.Call("f.g", {T(1)}, {T(2)});
         run.Call("f", {T(2)}, {T(3)},
                  [&] { run.Call("f.g", {T(2)}, {T(3)}); });
         run.Op("aten::neg", {T(3)}, {T(4)});
       });
     },
     {T(4)},
     {"model > f [2]", "model > f.g [2]", "f.g > f [2]", "f.g > f.g [2]",
      "f.g >> f [2]", "f >> f [2] neg", "f >> model [2]"}},
    {"several outputs, as of an LSTM or in a tuple",
     {"", "lstm", "a", "b"},
     [](FakeRun& run) {
       run.Call("lstm", {T(1)}, {T(2), Float({1, 2}, 3)});
       run.Call("a", {T(2)}, {T(4)});
       run.Call("b", {Float({1, 2}, 3), T(4)}, {T(5)});
     },
     {T(4), T(5)},
     {"model > lstm [2]", "lstm > a [2]", "lstm > b [1,2]", "a > b [2]",
      "a >> model [2]", "b >> model [2]"}},
    {"views share what they come from",
     {"", "a", "b"},
     [](FakeRun& run) {
       run.Call("a", {T(1)}, {Float({4}, 2)});
       run.Op("aten::chunk", {Float({4}, 2), int64_t{2}}, {T(2), T(2)});
       run.Call("b", {T(2)}, {T(3)});
     },
     {T(3)},
     {"model > a [2]", "a > b [2] chunk", "b >> model [2]"}},
    {"a module in place",
     {"", "a", "relu", "b"},
     [](FakeRun& run) {
       run.Call("a", {T(1)}, {T(2)});
       run.Call("relu", {T(2)}, {T(2)},
                [&] { run.Op("aten::relu_", {T(2)}, {T(2)}); });
       run.Call("b", {T(2)}, {T(3)});
     },
     {T(3)},
     {"model > a [2]", "a > relu [2]", "relu > b [2]", "b >> model [2]"}},
    {"a module that gives its input back stands on the way",
     {"", "a", "drop", "b"},
     [](FakeRun& run) {
       run.Call("a", {T(1)}, {T(2)});
       run.Call("drop", {T(2)}, {T(2)});
       run.Call("b", {T(2)}, {T(3)});
     },
     {T(3)},
     {"model > a [2]", "a > drop [2]", "drop > b [2]", "b >> model [2]"}},
    {"what a dropout in a block gave back is not the block's outside of it",
     {"", "s", "s.drop", "s.b", "d"},
     [](FakeRun& run) {
       run.Call("s", {T(1)}, {T(3)}, [&] {
         run.Call("s.drop", {T(1)}, {T(1)});
         run.Call("s.b", {T(1)}, {T(3)});
       });
       run.Op("aten::add", {T(1), T(3)}, {T(4)});
       run.Call("d", {T(4)}, {T(5)});
     },
     {T(5)},
     {"model > s [2]", "model > s.drop [2]", "s.drop > s.b [2]", "s.b >> s [2]",
      "model > d [2] add", "s > d [2] add", "d >> model [2]"}},
    {"a container that gives its input back",
     {"", "s", "s.drop", "d"},
     [](FakeRun& run) {
       run.Call("s", {T(1)}, {T(1)},
                [&] { run.Call("s.drop", {T(1)}, {T(1)}); });
       run.Call("d", {T(1)}, {T(2)});
     },
     {T(2)},
     {"model > s [2]", "model > s.drop [2]", "s.drop >> s [2]", "s > d [2]",
      "d >> model [2]"}},
    {"memory that is used again by what comes from no module",
     {"", "a", "b"},
     [](FakeRun& run) {
       run.Call("a", {T(1)}, {T(2)});
       run.Op("aten::zeros", {std::vector<int64_t>{2}}, {T(2)});
       run.Call("b", {T(2)}, {T(3)});
     },
     {T(3)},
     {"model > a [2]", "b >> model [2]"}},
    {"parameters and tensors without memory come from no module",
     {"", "a"},
     [](FakeRun& run) {
       run.Call("a", {T(1), T(77), T(0)}, {T(0)});
       run.Op("aten::mul", {T(0), T(77)}, {T(2)});
     },
     {T(2)},
     {"model > a [2]"}},
    {"operators inside of others are not told",
     {"", "a", "b"},
     [](FakeRun& run) {
       run.Call("a", {T(1)}, {T(2)});
       run.Op("aten::_convolution", {T(2)}, {T(3)}, 1);
       run.Op("aten::conv2d", {T(2)}, {T(3)});
       run.Op("mine::op", {NestedTensor{{T(3)}}}, {T(4)});
       run.Call("b", {T(4)}, {T(5)});
     },
     {T(5)},
     {"model > a [2]", "a > b [2] conv2d mine::op", "b >> model [2]"}},
};

TEST(DataFlowTest, Edges) {
  for (const Case& row : kCases) {
    SCOPED_TRACE(row.name);
    FakeRun run(row.paths);
    run.Call("", {T(1)}, row.outputs, [&] { row.script(run); });
    EXPECT_THAT(run.Edges(), ElementsAreArray(row.edges));
    EXPECT_FALSE(run.Result().has_edges_incomplete());
  }
}

}  // namespace
}  // namespace strata
