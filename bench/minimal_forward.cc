// The least that a C++ program can do with a TorchScript file: load it, run
// forward once under InferenceMode, exit. What bench/watching.py measures
// against.
//
//   minimal_forward MODEL 1x3x224x224

#include <ATen/ops/rand.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: minimal_forward MODEL 1x3x224x224\n");
    return 2;
  }
  std::vector<int64_t> sizes;
  std::stringstream text(argv[2]);
  for (std::string size; std::getline(text, size, 'x');) {
    sizes.push_back(std::stoll(size));
  }
  torch::jit::Module module = torch::jit::load(argv[1], c10::kCPU);
  const c10::InferenceMode inference;
  module.eval();
  module.forward({at::rand(sizes)});
  return 0;
}
