// Models of LibTorch's C++ API whose TorchScript twins are in the repository,
// with modules at the same paths. Those of `scoped` say when they run.

#ifndef STRATA_PLUGINS_SOURCES_TORCH_MODULE_TEST_MODELS_H_
#define STRATA_PLUGINS_SOURCES_TORCH_MODULE_TEST_MODELS_H_

#include <torch/nn/modules.h>

#include <string>
#include <utility>

#include "plugins/sources/torch_module/scope.h"

namespace strata::torch_module {

namespace nn = torch::nn;

// examples/models/lenet.pt
struct LeNet5Impl : nn::Module {
  explicit LeNet5Impl(bool is_scoped = false) : is_scoped(is_scoped) {
    register_module("conv1", conv1);
    register_module("relu1", relu1);
    register_module("pool1", pool1);
    register_module("conv2", conv2);
    register_module("relu2", relu2);
    register_module("pool2", pool2);
    register_module("flatten", flatten);
    register_module("fc1", fc1);
    register_module("relu3", relu3);
    register_module("fc2", fc2);
    register_module("relu4", relu4);
    register_module("fc3", fc3);
  }

  at::Tensor forward(at::Tensor x) {
    if (is_scoped) {
      STRATA_MODULE_SCOPE(this);
      x = CallInScope(pool1, CallInScope(relu1, conv1(x)));
      x = CallInScope(pool2, CallInScope(relu2, conv2(x)));
      x = CallInScope(relu3, fc1(CallInScope(flatten, x)));
      return fc3(CallInScope(relu4, fc2(x)));
    }
    x = pool1(relu1(conv1(x)));
    x = pool2(relu2(conv2(x)));
    return fc3(relu4(fc2(relu3(fc1(flatten(x))))));
  }

  bool is_scoped;
  nn::Conv2d conv1{nn::Conv2dOptions(1, 6, 5).padding(2)};
  nn::Conv2d conv2{nn::Conv2dOptions(6, 16, 5)};
  nn::ReLU relu1, relu2, relu3, relu4;
  nn::MaxPool2d pool1{2}, pool2{2};
  nn::Flatten flatten;
  nn::Linear fc1{400, 120}, fc2{120, 84}, fc3{84, 10};
};
TORCH_MODULE(LeNet5);

// torchvision's ResNet-18, whose blocks use one ReLU twice.
struct BasicBlockImpl : nn::Module {
  BasicBlockImpl(int64_t from, int64_t to, int64_t stride, bool is_scoped)
      : is_scoped(is_scoped),
        conv1(Convolution(from, to, 3, stride)),
        conv2(Convolution(to, to, 3, 1)),
        bn1(to),
        bn2(to) {
    register_module("conv1", conv1);
    register_module("bn1", bn1);
    register_module("relu", relu);
    register_module("conv2", conv2);
    register_module("bn2", bn2);
    if (stride == 1 && from == to) return;
    downsample =
        nn::Sequential(Convolution(from, to, 1, stride), nn::BatchNorm2d(to));
    register_module("downsample", downsample);
  }

  static nn::Conv2d Convolution(int64_t from, int64_t to, int64_t size,
                                int64_t stride) {
    return nn::Conv2d(nn::Conv2dOptions(from, to, size)
                          .stride(stride)
                          .padding(size / 2)
                          .bias(false));
  }

  at::Tensor forward(at::Tensor x) {
    if (is_scoped) {
      STRATA_MODULE_SCOPE(this);
      return CallInScope(relu, Sum(x, CallInScope(relu, bn1(conv1(x)))));
    }
    return relu(Sum(x, relu(bn1(conv1(x)))));
  }
  at::Tensor Sum(at::Tensor x, at::Tensor inner) {
    at::Tensor out = bn2(conv2(inner));
    out += downsample.is_empty() ? x : downsample->forward(x);
    return out;
  }

  bool is_scoped;
  nn::Conv2d conv1, conv2;
  nn::BatchNorm2d bn1, bn2;
  nn::ReLU relu{nn::ReLUOptions(true)};
  nn::Sequential downsample{nullptr};
};
TORCH_MODULE(BasicBlock);

struct ResNetImpl : nn::Module {
  explicit ResNetImpl(bool is_scoped = false) : is_scoped(is_scoped) {
    register_module("conv1", conv1);
    register_module("bn1", bn1);
    register_module("relu", relu);
    register_module("maxpool", maxpool);
    int64_t from = 64;
    for (int i = 0; i < 4; ++i) {
      const int64_t to = 64 << i;
      layers[i] =
          nn::Sequential(BasicBlock(from, to, i == 0 ? 1 : 2, is_scoped),
                         BasicBlock(to, to, 1, is_scoped));
      register_module("layer" + std::to_string(i + 1), layers[i]);
      from = to;
    }
    register_module("avgpool", avgpool);
    register_module("fc", fc);
  }

  at::Tensor forward(at::Tensor x) {
    if (is_scoped) {
      STRATA_MODULE_SCOPE(this);
      x = CallInScope(maxpool, CallInScope(relu, bn1(conv1(x))));
      for (nn::Sequential& layer : layers) x = layer->forward(x);
      return fc(CallInScope(avgpool, x).flatten(1));
    }
    x = maxpool(relu(bn1(conv1(x))));
    for (nn::Sequential& layer : layers) x = layer->forward(x);
    return fc(avgpool(x).flatten(1));
  }

  bool is_scoped;
  nn::Conv2d conv1{
      nn::Conv2dOptions(3, 64, 7).stride(2).padding(3).bias(false)};
  nn::BatchNorm2d bn1{64};
  nn::ReLU relu{nn::ReLUOptions(true)};
  nn::MaxPool2d maxpool{nn::MaxPool2dOptions(3).stride(2).padding(1)};
  nn::Sequential layers[4] = {nullptr, nullptr, nullptr, nullptr};
  nn::AdaptiveAvgPool2d avgpool{1};
  nn::Linear fc{512, 1000};
};
TORCH_MODULE(ResNet);

// tests/models/make_cpp_twins.py has the twins of these.
struct AttentionImpl : nn::Module {
  AttentionImpl(int64_t width, int64_t heads, bool is_scoped)
      : is_scoped(is_scoped),
        heads(heads),
        qkv(width, 3 * width),
        proj(width, width) {
    register_module("qkv", qkv);
    register_module("proj", proj);
  }
  at::Tensor forward(at::Tensor x) {
    if (!is_scoped) return Attend(x);
    STRATA_MODULE_SCOPE(this);
    return Attend(x);
  }
  at::Tensor Attend(at::Tensor x) {
    const std::vector<int64_t> shape = {x.size(0), x.size(1), heads,
                                        x.size(2) / heads};
    const std::vector<at::Tensor> parts = qkv(x).chunk(3, -1);
    const at::Tensor q = parts[0].reshape(shape).transpose(1, 2);
    const at::Tensor k = parts[1].reshape(shape).transpose(1, 2);
    const at::Tensor v = parts[2].reshape(shape).transpose(1, 2);
    const at::Tensor scores = q.matmul(k.transpose(-2, -1)).softmax(-1);
    return proj(scores.matmul(v).transpose(1, 2).reshape(x.sizes()));
  }
  bool is_scoped;
  int64_t heads;
  nn::Linear qkv, proj;
};
TORCH_MODULE(Attention);

struct FeedImpl : nn::Module {
  FeedImpl(int64_t width, bool is_scoped)
      : is_scoped(is_scoped), fc1(width, 4 * width), fc2(4 * width, width) {
    register_module("fc1", fc1);
    register_module("act", act);
    register_module("fc2", fc2);
  }
  at::Tensor forward(at::Tensor x) {
    if (!is_scoped) return fc2(act(fc1(x)));
    STRATA_MODULE_SCOPE(this);
    return fc2(CallInScope(act, fc1(x)));
  }
  bool is_scoped;
  nn::Linear fc1, fc2;
  nn::GELU act;
};
TORCH_MODULE(Feed);

struct BlockImpl : nn::Module {
  BlockImpl(int64_t width, int64_t heads, bool is_scoped)
      : is_scoped(is_scoped),
        ln1(nn::LayerNormOptions({width})),
        ln2(nn::LayerNormOptions({width})),
        attn(width, heads, is_scoped),
        mlp(width, is_scoped) {
    register_module("ln1", ln1);
    register_module("attn", attn);
    register_module("ln2", ln2);
    register_module("mlp", mlp);
  }
  at::Tensor forward(at::Tensor x) {
    if (!is_scoped) return Add(x);
    STRATA_MODULE_SCOPE(this);
    return Add(x);
  }
  at::Tensor Add(at::Tensor x) {
    x = x + attn(ln1(x));
    return x + mlp(ln2(x));
  }
  bool is_scoped;
  nn::LayerNorm ln1, ln2;
  Attention attn;
  Feed mlp;
};
TORCH_MODULE(Block);

struct DecoderImpl : nn::Module {
  explicit DecoderImpl(bool is_scoped = false) : is_scoped(is_scoped) {
    register_module("embed", embed);
    positions = register_parameter("positions", torch::zeros({16, 32}));
    for (int i = 0; i < 3; ++i) blocks->push_back(Block(32, 4, is_scoped));
    register_module("blocks", blocks);
    register_module("norm", norm);
    register_module("head", head);
    head->weight.set_data(embed->weight);
  }
  at::Tensor forward(at::Tensor tokens) {
    if (!is_scoped) return Decode(tokens);
    STRATA_MODULE_SCOPE(this);
    return Decode(tokens);
  }
  at::Tensor Decode(at::Tensor tokens) {
    at::Tensor x = embed(tokens) + positions.slice(0, 0, tokens.size(1));
    for (const auto& block : *blocks) x = block->as<Block>()->forward(x);
    return head(norm(x));
  }
  bool is_scoped;
  nn::Embedding embed{50, 32};
  at::Tensor positions;
  nn::ModuleList blocks;
  nn::LayerNorm norm{nn::LayerNormOptions({32})};
  nn::Linear head{nn::LinearOptions(32, 50).bias(false)};
};
TORCH_MODULE(Decoder);

// tests/models/small/lstm_language_model.pt
struct LanguageModelImpl : nn::Module {
  LanguageModelImpl() {
    register_module("embedding", embedding);
    register_module("lstm", lstm);
    register_module("decoder", decoder);
    decoder->weight.set_data(embedding->weight);
  }
  at::Tensor forward(at::Tensor tokens) {
    return decoder(std::get<0>(lstm(embedding(tokens))));
  }
  nn::Embedding embedding{50, 16};
  nn::LSTM lstm{nn::LSTMOptions(16, 16).num_layers(2).batch_first(true)};
  nn::Linear decoder{16, 50};
};
TORCH_MODULE(LanguageModel);

}  // namespace strata::torch_module

#endif  // STRATA_PLUGINS_SOURCES_TORCH_MODULE_TEST_MODELS_H_
