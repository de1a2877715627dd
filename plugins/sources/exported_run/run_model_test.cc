#include "plugins/sources/exported_run/run_model.h"

#include <ATen/core/ivalue_inl.h>
#include <ATen/ops/view_as_real.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "plugins/sources/exported_run/archived_run.h"
#include "plugins/sources/libtorch/value_specs.h"
#include "tests/testing.h"

namespace strata::exported_run {
namespace {

std::string FileOf(const std::string& name) {
  return DataPath(absl::StrCat("tests/models/run/", name));
}

absl::StatusOr<std::unique_ptr<RunModel>> OpenRun(const std::string& name) {
  absl::StatusOr<ArchivedRun> archived =
      ReadForRun(FileOf(absl::StrCat(name, ".pt2")), OpenOptions());
  if (!archived.ok()) return archived.status();
  return RunModel::Make(std::move(archived->program), archived->read,
                        c10::Device(c10::kCPU));
}

std::string TextOf(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

// All numbers of a tensor, the parts of complex ones in turn.
std::vector<double> Numbers(const c10::IValue& value) {
  at::Tensor tensor = value.toTensor().detach();
  if (tensor.is_complex()) tensor = at::view_as_real(tensor.resolve_conj());
  tensor = tensor.to(at::kDouble).contiguous();
  const double* const data = tensor.const_data_ptr<double>();
  return std::vector<double>(data, data + tensor.numel());
}

double LargestDifference(const std::vector<double>& a,
                         const std::vector<double>& b, double scale = 1) {
  EXPECT_EQ(a.size(), b.size());
  double most = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    most = std::max(most, std::abs(a[i] - b[i] * scale));
  }
  return most;
}

double Parsed(absl::string_view text) {
  double number = 0;
  EXPECT_TRUE(absl::SimpleAtod(text, &number)) << text;
  return number;
}

// What kernels of other machines may differ by; more in bfloat16 (8 bits).
double Near(double wanted, absl::string_view dtype) {
  const double relative = dtype == "bfloat16" ? 1e-2 : 1e-4;
  return relative * (1 + std::abs(wanted));
}

struct OfOutput {
  std::string shape, dtype;
  std::vector<double> numbers;  // Sum, sum of magnitudes, first values.
};

std::vector<OfOutput> Expected(const std::string& name) {
  std::vector<OfOutput> outputs;
  const std::string text = TextOf(FileOf(absl::StrCat(name, ".tsv")));
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> cells = absl::StrSplit(line, '\t');
    OfOutput output{cells[2], cells[3], {}};
    for (size_t i = 4; i < cells.size(); ++i) {
      output.numbers.push_back(Parsed(cells[i]));
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

void CheckOutput(const c10::IValue& value, const OfOutput& wanted) {
  ASSERT_TRUE(value.isTensor());
  const TensorSpec spec = libtorch::SpecOf(value.toTensor());
  EXPECT_EQ(spec.shape.empty() ? "()" : ShapeText(spec.shape), wanted.shape);
  EXPECT_EQ(DTypeName(spec.dtype), wanted.dtype);
  const std::vector<double> numbers = Numbers(value);
  double sum = 0;
  double magnitudes = 0;
  for (const double number : numbers) {
    sum += number;
    magnitudes += std::abs(number);
  }
  const double near = Near(wanted.numbers[1], wanted.dtype);
  EXPECT_NEAR(sum, wanted.numbers[0], near);
  EXPECT_NEAR(magnitudes, wanted.numbers[1], near);
  for (size_t i = 2; i < wanted.numbers.size(); ++i) {
    EXPECT_NEAR(numbers[i - 2], wanted.numbers[i],
                Near(wanted.numbers[i], wanted.dtype));
  }
}

constexpr const char* kNames[] = {
    "branches",  "cast",       "cnn",      "cnn_decomposed", "cnn_train",
    "counting",  "data",       "keywords", "kinds",          "lists",
    "llama",     "loop",       "nested",   "no_grad",        "numbers",
    "recurrent", "size_input", "sizes",    "stored",         "strided"};

TEST(RunModelTest, ComputesWhatEagerPyTorchComputes) {
  for (const std::string name : kNames) {
    SCOPED_TRACE(name);
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<RunModel> model, OpenRun(name));
    model->KeepOutputs();
    ModuleVisitor nobody;
    ASSERT_THAT(model->Run(RunOptions(), nobody), IsOk());
    const std::vector<c10::IValue> outputs = model->TakeOutputs();
    const std::vector<OfOutput> expected = Expected(name);
    ASSERT_GT(expected.size(), 0);
    ASSERT_EQ(outputs.size(), expected.size());
    for (size_t i = 0; i < outputs.size(); ++i) {
      SCOPED_TRACE(i);
      CheckOutput(outputs[i], expected[i]);
    }
  }
}

TEST(RunModelTest, ComputesWhatItsTorchScriptComputes) {
  for (const std::string name : {"cnn", "llama", "recurrent"}) {
    SCOPED_TRACE(name);
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<RunModel> model, OpenRun(name));
    model->KeepOutputs();
    ModuleVisitor nobody;
    ASSERT_THAT(model->Run(RunOptions(), nobody), IsOk());
    const std::vector<c10::IValue> outputs = model->TakeOutputs();
    torch::jit::Module twin =
        torch::jit::load(FileOf(absl::StrCat(name, ".pt")));
    ASSERT_OK_AND_ASSIGN(RunInputs inputs, model->MakeInputs(RunOptions()));
    const at::Tensor wanted =
        twin.forward({inputs.inputs[0].is}).toTensor().detach();
    ASSERT_EQ(outputs.size(), 1);
    EXPECT_LT(LargestDifference(Numbers(outputs[0]), Numbers(wanted)), 1e-5);
  }
}

TEST(RunModelTest, ABufferChangesAndTheFileDoesNot) {
  const std::string file = FileOf("counting.pt2");
  const std::string before = TextOf(file);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<RunModel> model,
                       OpenRun("counting"));
  model->KeepOutputs();
  ModuleVisitor nobody;
  std::vector<double> first;
  for (int run = 1; run <= 3; ++run) {
    ASSERT_THAT(model->Run(RunOptions(), nobody), IsOk());
    const std::vector<double> numbers = Numbers(model->TakeOutputs()[0]);
    if (run == 1) first = numbers;
    EXPECT_LT(LargestDifference(numbers, first, run), 1e-4);
  }
  EXPECT_EQ(TextOf(file), before);
}

TEST(RunModelTest, OtherSizes) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<RunModel> model, OpenRun("sizes"));
  model->KeepOutputs();
  ModuleVisitor nobody;
  RunOptions options;
  options.inputs = {{{6, 20}, DType::kFloat32}};
  ASSERT_THAT(model->Run(options, nobody), IsOk());
  const std::vector<c10::IValue> outputs = model->TakeOutputs();
  const char* const shapes[] = {"120", "5x20", "6x20", "7x12", "()", "600"};
  ASSERT_EQ(outputs.size(), 6);
  for (int i = 0; i < 6; ++i) {
    const Shape shape = libtorch::SpecOf(outputs[i].toTensor()).shape;
    EXPECT_EQ(shape.empty() ? "()" : ShapeText(shape), shapes[i]) << i;
  }
  // 20 // 2
  EXPECT_EQ(Numbers(outputs[3])[0], 10);
  options.inputs = {{{2, 20}, DType::kFloat32}};
  EXPECT_THAT(model->Run(options, nobody),
              IsError(absl::StatusCode::kOutOfRange, "3 to 50"));
}

// How much memory lives, in bytes, and what was told of it.
class Memory : public ModuleVisitor {
 public:
  void VisitMemory(const MemoryEvent& event) override {
    lives += event.allocated ? event.bytes : -event.bytes;
    most = std::max(most, lives);
    allocations += event.allocated ? 1 : 0;
  }
  int64_t lives = 0, most = 0, allocations = 0;
};

TEST(RunModelTest, ValuesAreFreedAfterTheirLastUse) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<RunModel> model, OpenRun("loop"));
  RunOptions options;
  options.watch_memory = true;
  Memory memory;
  ASSERT_THAT(model->Run(options, memory), IsOk());
  // The counter and its condition, and two of the layer's outputs at most (what
  // goes in, and what comes out), however often it turns.
  constexpr int64_t kLayer = 2 * 8 * 4;
  EXPECT_GE(memory.allocations, 3 * 2);
  EXPECT_LE(memory.most, 2 * kLayer + 4 * 64);
}

TEST(RunModelTest, EndsWhenItIsTo) {
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<RunModel> model, OpenRun("llama"));
  ModuleVisitor nobody;
  const std::atomic<bool> cancelled = true;
  for (const bool timed : {false, true}) {
    RunOptions options;
    options.timed = timed;
    options.timeout = absl::Nanoseconds(1);
    EXPECT_THAT(model->Run(options, nobody),
                IsError(absl::StatusCode::kDeadlineExceeded, "was not done"));
    options.timeout = absl::InfiniteDuration();
    options.cancelled = &cancelled;
    EXPECT_THAT(model->Run(options, nobody),
                IsError(absl::StatusCode::kCancelled, "was interrupted"));
  }
  // And runs again.
  EXPECT_THAT(model->Run(RunOptions(), nobody), IsOk());
}

}  // namespace
}  // namespace strata::exported_run
