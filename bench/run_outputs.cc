// Runs an exported program and the same model's TorchScript on the inputs that
// a run of Strata makes, and says how far their outputs are from each other.
//
//   run_outputs MODEL.pt2 MODEL.pt

#include <ATen/core/ivalue_inl.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "plugins/sources/exported_run/archived_run.h"
#include "plugins/sources/exported_run/run_model.h"

namespace {

std::vector<double> Numbers(const at::Tensor& tensor) {
  const at::Tensor all = tensor.detach().to(at::kDouble).contiguous();
  const double* const data = all.const_data_ptr<double>();
  return std::vector<double>(data, data + all.numel());
}

template <typename T>
T Get(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n", result.status().ToString().c_str());
    std::exit(1);
  }
  return *std::move(result);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  using namespace strata;
  exported_run::ArchivedRun archived =
      Get(exported_run::ReadForRun(argv[1], OpenOptions()));
  const auto model = Get(exported_run::RunModel::Make(
      std::move(archived.program), archived.read, c10::Device(c10::kCPU)));
  model->KeepOutputs();
  ModuleVisitor nobody;
  const absl::Status ran = model->Run(RunOptions(), nobody);
  if (!ran.ok()) {
    std::fprintf(stderr, "%s\n", ran.ToString().c_str());
    return 1;
  }
  const c10::InferenceMode inference;
  std::vector<c10::IValue> inputs;
  for (auto& input : Get(model->MakeInputs(RunOptions())).inputs) {
    inputs.push_back(input.is);
  }
  torch::jit::Module script = torch::jit::load(argv[2]);
  script.eval();
  const std::vector<double> wanted = Numbers(script.forward(inputs).toTensor());
  const std::vector<double> found = Numbers(model->TakeOutputs()[0].toTensor());
  double sum = 0, largest = 0, difference = 0;
  for (size_t i = 0; i < std::min(found.size(), wanted.size()); ++i) {
    sum += found[i];
    largest = std::max(largest, std::abs(wanted[i]));
    difference = std::max(difference, std::abs(found[i] - wanted[i]));
  }
  std::printf("%zu and %zu numbers, sum %.9g, largest %.4g, difference %.3g\n",
              found.size(), wanted.size(), sum, largest, difference);
  return found.size() == wanted.size() && difference <= 1e-4 * largest ? 0 : 1;
}
