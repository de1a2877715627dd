#include "plugins/sources/torchscript/torchscript.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/module_visitor.h"
#include "plugins/sources/torchscript/module_reader.h"
#include "plugins/sources/torchscript/torchscript_model.h"
#include "tests/testing.h"

namespace strata::torchscript {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

absl::StatusOr<std::unique_ptr<Model>> OpenSmall(const std::string& name) {
  OpenOptions options;
  options.device = "cpu";
  return TorchScriptSource().Open(
      DataPath(absl::StrCat("tests/models/small/", name)), options);
}

// Writes down what it is shown, a line each.
class Diary : public ModuleVisitor {
 public:
  void BeginRun(const ModuleTree& tree, const RunInfo& run) override {
    tree_ = &tree;
    lines.push_back(absl::StrCat("begin ", run.device));
  }
  void EnterModule(const ModuleCall& call) override {
    lines.push_back(absl::StrCat("enter ", Path(call.module), "#", call.number,
                                 " ", Shapes(call.inputs)));
  }
  void LeaveModule(const ModuleCall& call) override {
    lines.push_back(absl::StrCat("leave ", Path(call.module), "#", call.number,
                                 " ", Shapes(call.outputs)));
  }
  void VisitOp(const OpCall& op) override {
    if (op.nesting == 0) {
      lines.push_back(absl::StrCat(op.name, " in ", Path(op.module)));
    }
    deepest = std::max(deepest, op.nesting);
  }
  void EndRun() override { lines.push_back("end"); }

  std::vector<std::string> lines;
  int deepest = 0;

 private:
  std::string Path(int module) const { return tree_->modules[module].path; }
  static std::string Shapes(absl::Span<const TensorSpec> tensors) {
    std::string text;
    for (const TensorSpec& tensor : tensors) {
      absl::StrAppend(&text, text.empty() ? "" : ",", ShapeText(tensor.shape));
    }
    return text;
  }
  const ModuleTree* tree_ = nullptr;
};

RunOptions With(std::vector<InputSpec> inputs) {
  RunOptions options;
  options.inputs = std::move(inputs);
  return options;
}

TEST(ReadableClassName, LosesTheMangling) {
  const std::map<std::string, std::string> cases = {
      {"__torch__.torch.nn.modules.conv.Conv2d",
       "torch.nn.modules.conv.Conv2d"},
      {"__torch__.torch.nn.modules.conv.___torch_mangle_12.Conv2d",
       "torch.nn.modules.conv.Conv2d"},
      {"__torch__.Net", "Net"},
      {"Net", "Net"},
  };
  for (const auto& [mangled, readable] : cases) {
    EXPECT_EQ(ReadableClassName(mangled), readable) << mangled;
  }
}

TEST(IsForward, TakesOverloads) {
  EXPECT_TRUE(IsForward("forward"));
  EXPECT_TRUE(IsForward("forward__0"));
  EXPECT_FALSE(IsForward("forward_features"));
  EXPECT_FALSE(IsForward("_forward"));
}

TEST(TorchScript, TellsTheRunInOrder) {
  ASSERT_OK_AND_ASSIGN(auto model, OpenSmall("recursive.pt"));
  Diary diary;
  ASSERT_THAT(model->Run(With({{{2, 8}}}), diary), IsOk());
  std::vector<std::string> calls;
  for (const std::string& line : diary.lines) {
    if (line.find("aten::") != 0) calls.push_back(line);
  }
  const std::string linear = model->modules().modules[1].path;
  std::vector<std::string> expected = {"begin cpu", "enter #0 2x8"};
  for (int i = 0; i < 3; ++i) {
    expected.push_back(absl::StrCat("enter ", linear, "#", i, " 2x8"));
    expected.push_back(absl::StrCat("leave ", linear, "#", i, " 2x8"));
  }
  expected.push_back("leave #0 2x8");
  expected.push_back("end");
  EXPECT_EQ(calls, expected);
  EXPECT_THAT(diary.lines, Contains(absl::StrCat("aten::linear in ", linear)));
  EXPECT_GT(diary.deepest, 0);
}

TEST(TorchScript, ARunCanBeRepeatedAndLeavesTheModelAsItWas) {
  ASSERT_OK_AND_ASSIGN(auto model, OpenSmall("dropout_train.pt"));
  Diary first;
  Diary second;
  RunOptions options = With({{{4, 8}}});
  options.training = true;
  ASSERT_THAT(model->Run(options, first), IsOk());
  ASSERT_THAT(model->Run(options, second), IsOk());
  EXPECT_EQ(first.lines, second.lines);
}

TEST(TorchScript, WithoutOperatorsNoneIsShown) {
  ASSERT_OK_AND_ASSIGN(auto model, OpenSmall("siamese.pt"));
  RunOptions options = With({{{2, 8}}});
  options.watch_operators = false;
  Diary diary;
  ASSERT_THAT(model->Run(options, diary), IsOk());
  EXPECT_THAT(diary.lines, Not(Contains(HasSubstr("aten::"))));
  // One module at two places: each call belongs to the place it was made from.
  EXPECT_THAT(diary.lines, Contains("enter left#0 2x8"));
}

TEST(TorchScript, TensorsInsideOfContainersAreFound) {
  ASSERT_OK_AND_ASSIGN(auto model, OpenSmall("nested_outputs.pt"));
  Diary diary;
  ASSERT_THAT(model->Run(With({{{2, 8}}}), diary), IsOk());
  EXPECT_THAT(diary.lines, Contains(HasSubstr("enter join#0 2x8,2x8,2x8")));
}

TEST(TorchScript, ModulesParametersBuffersAttributes) {
  ASSERT_OK_AND_ASSIGN(auto model, OpenSmall("dropout_train.pt"));
  const ModuleTree& tree = model->modules();
  const Module* norm = nullptr;
  for (const Module& module : tree.modules) {
    if (module.type == "BatchNorm1d") norm = &module;
  }
  ASSERT_NE(norm, nullptr);
  EXPECT_EQ(norm->full_type, "torch.nn.modules.batchnorm.BatchNorm1d");
  std::vector<std::string> names;
  for (const ParameterInfo& info : norm->parameters) {
    EXPECT_TRUE(info.trainable);
    names.push_back(info.name);
  }
  EXPECT_THAT(names, ElementsAre("weight", "bias"));
  names.clear();
  for (const ParameterInfo& info : norm->buffers) names.push_back(info.name);
  EXPECT_THAT(
      names, ElementsAre("running_mean", "running_var", "num_batches_tracked"));
  const std::map<std::string, std::string> attributes(norm->attributes.begin(),
                                                      norm->attributes.end());
  EXPECT_EQ(attributes.at("eps"), "1e-05");
  EXPECT_EQ(attributes.at("affine"), "True");
}

struct BadInputs {
  std::string file;
  std::vector<InputSpec> inputs;
  std::string device;
  absl::StatusCode code;
  std::string says;
};

TEST(TorchScript, InputsThatDoNotFit) {
  const std::vector<BadInputs> cases = {
      {"two_inputs.pt",
       {{{2, 8}}},
       "",
       absl::StatusCode::kInvalidArgument,
       "forward takes 2 inputs (x: Tensor, y: Tensor), and 1 was given"},
      {"siamese.pt",
       {},
       "",
       absl::StatusCode::kInvalidArgument,
       "0 were given"},
      {"siamese.pt",
       {{{2, 8}}},
       "cuda",
       absl::StatusCode::kUnimplemented,
       "'cuda'"},
      {"siamese.pt",
       {{{2, 9}}},
       "",
       absl::StatusCode::kInternal,
       "in 'left' (Linear), given [2x9 float32]"},
      {"siamese.pt",
       {{{2, 8}, DType::kQInt8}},
       "",
       absl::StatusCode::kInvalidArgument,
       "no input can be made of"},
      {"raises.pt",
       {{{2, 8}}},
       "",
       absl::StatusCode::kInternal,
       "in 'block.checker' (Checker), given [2x8 float32]"},
  };
  for (const BadInputs& bad : cases) {
    ASSERT_OK_AND_ASSIGN(auto model, OpenSmall(bad.file));
    RunOptions options = With(bad.inputs);
    options.device = bad.device;
    Diary diary;
    EXPECT_THAT(model->Run(options, diary), IsError(bad.code, bad.says));
    EXPECT_THAT(diary.lines, Not(Contains("end")));
  }
}

TEST(TorchScript, ScalarsForOptionalArguments) {
  ASSERT_OK_AND_ASSIGN(auto model, OpenSmall("conditional.pt"));
  Diary diary;
  EXPECT_THAT(model->Run(With({{{2, 8}}, {{}, DType::kBool}}), diary), IsOk());
}

TEST(TorchScript, SaysWhatTheFileHasLost) {
  ASSERT_OK_AND_ASSIGN(auto frozen, OpenSmall("frozen.pt"));
  EXPECT_THAT(frozen->warnings(),
              ElementsAre(HasSubstr("frozen: its modules were inlined, and its "
                                    "weights are constants")));
  Diary diary;
  ASSERT_THAT(frozen->Run(With({{{1, 3, 16, 16}}}), diary), IsOk());
  // Two convolutions, two ReLU, a mean, a linear layer.
  EXPECT_THAT(frozen->warnings(),
              ElementsAre(HasSubstr("and 6 operators are shown under the root;"
                                    " its weights are constants")));
  ASSERT_OK_AND_ASSIGN(auto plain, OpenSmall("siamese.pt"));
  EXPECT_THAT(plain->warnings(), IsEmpty());
}

TEST(TorchScript, SharedModulesAndTensorsAreKnownAsSuch) {
  ASSERT_OK_AND_ASSIGN(auto siamese, OpenSmall("siamese.pt"));
  const std::vector<Module>& twins = siamese->modules().modules;
  ASSERT_EQ(twins.size(), 3u);
  EXPECT_EQ(twins[1].identity, twins[2].identity);
  ASSERT_OK_AND_ASSIGN(auto tied, OpenSmall("shared_weight.pt"));
  const std::vector<Module>& modules = tied->modules().modules;
  EXPECT_NE(modules[1].identity, modules[2].identity);
  EXPECT_EQ(modules[1].parameters[0].tensor.storage,
            modules[2].parameters[0].tensor.storage);
}

}  // namespace
}  // namespace strata::torchscript
