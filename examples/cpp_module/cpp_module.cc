// Prints what a LeNet is made of that is written with LibTorch's C++ API.
//
//   cpp_module

#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

#include <iostream>

#include "core/plugin_host.h"
#include "plugins/sources/torch_module/scope.h"
#include "plugins/sources/torch_module/summarize.h"

extern "C" const strata::PluginEntry* strata_plugin_table();

namespace nn = torch::nn;

struct LeNetImpl : nn::Module {
  LeNetImpl() {
    register_module("conv1", conv1);
    register_module("conv2", conv2);
    register_module("fc1", fc1);
    register_module("fc2", fc2);
    register_module("fc3", fc3);
  }

  torch::Tensor forward(torch::Tensor x) {
    STRATA_MODULE_SCOPE(this);  // Optional: without it calls are worked out.
    x = torch::max_pool2d(torch::relu(conv1(x)), 2);
    x = torch::max_pool2d(torch::relu(conv2(x)), 2);
    x = torch::relu(fc1(x.flatten(1)));
    x = torch::relu(fc2(x));
    return fc3(x);
  }

  nn::Conv2d conv1{nn::Conv2dOptions(1, 6, 5).padding(2)};
  nn::Conv2d conv2{nn::Conv2dOptions(6, 16, 5)};
  nn::Linear fc1{400, 120};
  nn::Linear fc2{120, 84};
  nn::Linear fc3{84, 10};
};
TORCH_MODULE(LeNet);

int main() {
  LeNet model;
  const absl::StatusOr<strata::Summary> summary =
      strata::Summarize(model, {torch::zeros({1, 1, 28, 28})});
  strata::PluginHost host;
  host.AddStatic(strata_plugin_table());
  strata::StringSink sink;
  absl::Status status = summary.status();
  if (status.ok()) {
    status = (*host.MakeFormatter("table"))->Format(*summary, {}, sink);
  }
  std::cout << (status.ok() ? sink.text() : status.ToString()) << "\n";
  return status.ok() ? 0 : 1;
}
