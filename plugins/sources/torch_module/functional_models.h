// Models with much code between their layers. Those of `is_scoped` say when
// they run, and what the others' operators are attributed to should be the
// same.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_FUNCTIONAL_MODELS_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_FUNCTIONAL_MODELS_H_

#include <torch/nn/modules.h>

#include <optional>
#include <vector>

#include "plugins/sources/torch_module/scope.h"

namespace strata::torch_module {

namespace nn = torch::nn;

// Opens a scope where it is wanted.
class MaybeScope {
 public:
  MaybeScope(bool is_scoped, const nn::Module* module) {
    if (is_scoped) scope_.emplace(module);
  }

 private:
  std::optional<ModuleScope> scope_;
};

inline nn::Conv2d Conv3x3(int64_t from, int64_t to, int64_t stride = 1) {
  return nn::Conv2d(nn::Conv2dOptions(from, to, 3).stride(stride).padding(1));
}

// A residual block that calls relu as a function, and begins and ends with
// code.
struct FunctionalBlockImpl : nn::Module {
  FunctionalBlockImpl(int64_t from, int64_t to, int64_t stride, bool is_scoped)
      : is_scoped(is_scoped),
        conv1(Conv3x3(from, to, stride)),
        conv2(Conv3x3(to, to)) {
    register_module("conv1", conv1);
    register_module("conv2", conv2);
    if (stride == 1) return;
    downsample = nn::Sequential(Conv3x3(from, to, stride), nn::BatchNorm2d(to));
    register_module("downsample", downsample);
  }
  at::Tensor forward(at::Tensor x) {
    const MaybeScope scope(is_scoped, this);
    at::Tensor y = conv2(torch::relu(conv1(x)));
    y += downsample.is_empty() ? x : downsample->forward(x);
    return torch::relu(y);
  }
  bool is_scoped;
  nn::Conv2d conv1, conv2;
  nn::Sequential downsample{nullptr};
};
TORCH_MODULE(FunctionalBlock);

struct FunctionalResNetImpl : nn::Module {
  explicit FunctionalResNetImpl(bool is_scoped) : is_scoped(is_scoped) {
    layer1 = nn::Sequential(FunctionalBlock(8, 8, 1, is_scoped),
                            FunctionalBlock(8, 8, 1, is_scoped));
    layer2 = nn::Sequential(FunctionalBlock(8, 16, 2, is_scoped),
                            FunctionalBlock(16, 16, 1, is_scoped));
    register_module("stem", stem);
    register_module("layer1", layer1);
    register_module("layer2", layer2);
    register_module("fc", fc);
  }
  at::Tensor forward(at::Tensor x) {
    const MaybeScope scope(is_scoped, this);
    x = torch::relu(stem(x));
    x = layer2->forward(layer1->forward(x));
    return fc(torch::adaptive_avg_pool2d(x, {1, 1}).flatten(1));
  }
  bool is_scoped;
  nn::Conv2d stem = Conv3x3(3, 8);
  nn::Sequential layer1{nullptr}, layer2{nullptr};
  nn::Linear fc{16, 4};
};
TORCH_MODULE(FunctionalResNet);

struct TwoConvsImpl : nn::Module {
  TwoConvsImpl(int64_t from, int64_t to, bool is_scoped)
      : is_scoped(is_scoped), conv1(Conv3x3(from, to)), conv2(Conv3x3(to, to)) {
    register_module("conv1", conv1);
    register_module("conv2", conv2);
  }
  at::Tensor forward(at::Tensor x) {
    const MaybeScope scope(is_scoped, this);
    return torch::relu(conv2(torch::relu(conv1(x))));
  }
  bool is_scoped;
  nn::Conv2d conv1, conv2;
};
TORCH_MODULE(TwoConvs);

// What went down is used again on the way up.
struct UNetImpl : nn::Module {
  explicit UNetImpl(bool is_scoped)
      : is_scoped(is_scoped),
        down1(3, 8, is_scoped),
        down2(8, 16, is_scoped),
        up1(24, 8, is_scoped) {
    register_module("down1", down1);
    register_module("down2", down2);
    register_module("pool", pool);
    register_module("upsample", upsample);
    register_module("up1", up1);
    register_module("head", head);
  }
  at::Tensor forward(at::Tensor x) {
    const MaybeScope scope(is_scoped, this);
    const at::Tensor first = down1(x);
    const at::Tensor second = down2(pool(first));
    const at::Tensor upsampled = upsample(second);
    return torch::sigmoid(head(up1(torch::cat({upsampled, first}, 1))));
  }
  bool is_scoped;
  TwoConvs down1, down2, up1;
  nn::MaxPool2d pool{2};
  nn::Upsample upsample{nn::UpsampleOptions()
                            .scale_factor(std::vector<double>{2, 2})
                            .mode(torch::kNearest)};
  nn::Conv2d head = Conv3x3(8, 1);
};
TORCH_MODULE(UNet);

// One encoder for two images.
struct SiameseImpl : nn::Module {
  explicit SiameseImpl(bool is_scoped)
      : is_scoped(is_scoped), encoder(3, 8, is_scoped) {
    register_module("encoder", encoder);
    register_module("fc", fc);
  }
  at::Tensor forward(at::Tensor x) {
    const MaybeScope scope(is_scoped, this);
    const at::Tensor difference = encoder(x) - encoder(x.flip(3));
    return fc(difference.abs().mean({2, 3}));
  }
  bool is_scoped;
  TwoConvs encoder;
  nn::Linear fc{8, 1};
};
TORCH_MODULE(Siamese);

// Two layers give the parts of what its own code puts together.
struct AutoencoderImpl : nn::Module {
  explicit AutoencoderImpl(bool is_scoped) : is_scoped(is_scoped) {
    register_module("encoder", encoder);
    register_module("mean", mean);
    register_module("deviation", deviation);
    register_module("decoder", decoder);
  }
  at::Tensor forward(at::Tensor x) {
    const MaybeScope scope(is_scoped, this);
    const at::Tensor hidden = torch::relu(encoder(x.flatten(1)));
    const at::Tensor middle = mean(hidden);
    const at::Tensor spread = torch::exp(0.5 * deviation(hidden));
    return torch::sigmoid(decoder(middle + spread * torch::randn_like(spread)));
  }
  bool is_scoped;
  nn::Linear encoder{3 * 16 * 16, 8}, mean{8, 2}, deviation{8, 2};
  nn::Linear decoder{2, 3 * 16 * 16};
};
TORCH_MODULE(Autoencoder);

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_FUNCTIONAL_MODELS_H_
