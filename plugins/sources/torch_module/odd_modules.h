// Modules that do what few do, for tests.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_ODD_MODULES_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_ODD_MODULES_H_

#include <torch/nn/modules.h>

#include <optional>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "plugins/sources/torch_module/scope.h"

namespace strata::torch_module {

namespace nn = torch::nn;

// Changes whatever a forward can change, and raises at the end if it is told.
struct MeddlerImpl : nn::Module {
  MeddlerImpl() {
    register_module("norm", norm);
    register_module("drop", drop);
    register_module("frozen", frozen);
    register_module("fc", fc);
    frozen->eval();
    counter = register_buffer("counter", torch::zeros({3}, torch::kInt64));
    halves = register_buffer("halves", counter.slice(0, 0, 2));
    empty = register_buffer("empty", at::Tensor());
  }
  at::Tensor forward(at::Tensor x) {
    x = drop(norm(x));
    x = x + torch::rand_like(x);
    counter += 1;
    frozen->train();
    {
      const torch::NoGradGuard no_gradients;
      fc->weight.mul_(2);
      fc->bias.set_data(torch::ones({2}));
      if (fc->weight.grad().defined()) fc->weight.mutable_grad().zero_();
    }
    fc->bias.set_requires_grad(false);
    fc->bias.mutable_grad() = torch::ones({2});
    torch::GradMode::set_enabled(true);
    if (raises) throw std::runtime_error("it was told to raise");
    return fc(x);
  }
  bool raises = false;
  nn::BatchNorm1d norm{4};
  nn::Dropout drop;
  nn::BatchNorm1d frozen{4};
  nn::Linear fc{4, 2};
  at::Tensor counter, halves, empty;
};
TORCH_MODULE(Meddler);

struct RaisingImpl : nn::Module {
  explicit RaisingImpl(bool is_scoped) : is_scoped(is_scoped) {
    register_module("block", block);
    register_module("fc", fc);
  }
  at::Tensor forward(at::Tensor x) {
    x = block->forward(x);
    if (!is_scoped) return fc(x);
    STRATA_MODULE_SCOPE(this);
    const ModuleScope inside(&*block);
    throw std::runtime_error("no");
  }
  bool is_scoped;
  nn::Sequential block{nn::Linear(8, 4)};
  nn::Linear fc{8, 2};  // It does not fit.
};
TORCH_MODULE(Raising);

// Forwards that give back other things than a tensor.
struct ManyOutputsImpl : nn::Module {
  std::tuple<at::Tensor, std::vector<at::Tensor>, std::optional<at::Tensor>>
  forward(at::Tensor x, at::Tensor y) {
    return {x + y, {x * 2, y * 2}, std::nullopt};
  }
};
TORCH_MODULE(ManyOutputs);
struct OwnResult {
  at::Tensor tensor;
};
struct OwnStructImpl : nn::Module {
  OwnStructImpl() { register_module("fc", fc); }
  OwnResult forward(at::Tensor x) { return {fc(x)}; }
  nn::Linear fc{8, 2};
};
TORCH_MODULE(OwnStruct);

struct HugeImpl : nn::Module {
  HugeImpl() {
    weight = register_parameter("weight",
                                torch::empty({1 << 20, 1 << 20}, torch::kMeta));
  }
  at::Tensor forward(at::Tensor x) { return x.matmul(weight); }
  at::Tensor weight;
};
TORCH_MODULE(Huge);

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_ODD_MODULES_H_
