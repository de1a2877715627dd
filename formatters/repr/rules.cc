#include "formatters/repr/rules.h"

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace strata::formatters::repr {
namespace {

constexpr absl::string_view kActivation = "torch.nn.modules.activation";
constexpr absl::string_view kPooling = "torch.nn.modules.pooling";

// `has_bias`, `has_weight`: whether there is such a parameter.
// clang-format off
const std::vector<Rule>& Rules() {
  static const auto* const kRules = new std::vector<Rule>{
    {"Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d",
     "torch.nn.modules.conv",  // _ConvNd
     {{"", "in_channels"}, {"", "out_channels"},
      {"kernel_size=", "kernel_size"}, {"stride=", "stride"},
      {"padding=", "padding", "0"}, {"dilation=", "dilation", "1"},
      {"output_padding=", "output_padding", "0"}, {"groups=", "groups", "1"},
      {"bias=", "has_bias", "True"},
      {"padding_mode=", "padding_mode", "zeros"}}},
    {"Linear NonDynamicallyQuantizableLinear", "torch.nn.modules.linear",
     {{"in_features=", "in_features"}, {"out_features=", "out_features"},
      {"bias=", "has_bias"}}},
    {"Bilinear", "torch.nn.modules.linear",
     {{"in1_features=", "in1_features"}, {"in2_features=", "in2_features"},
      {"out_features=", "out_features"}, {"bias=", "has_bias"}}},
    {"BatchNorm1d BatchNorm2d BatchNorm3d SyncBatchNorm",
     "torch.nn.modules.batchnorm",  // _NormBase
     {{"", "num_features"}, {"eps=", "eps"}, {"momentum=", "momentum"},
      {"affine=", "affine"}, {"bias=", "has_bias"},
      {"track_running_stats=", "track_running_stats"}}},
    {"InstanceNorm1d InstanceNorm2d InstanceNorm3d",
     "torch.nn.modules.instancenorm",  // _NormBase
     {{"", "num_features"}, {"eps=", "eps"}, {"momentum=", "momentum"},
      {"affine=", "affine"}, {"bias=", "has_bias"},
      {"track_running_stats=", "track_running_stats"}}},
    {"LayerNorm", "torch.nn.modules.normalization",
     {{"", "normalized_shape"}, {"eps=", "eps"},
      {"elementwise_affine=", "elementwise_affine"}, {"bias=", "has_bias"}}},
    {"RMSNorm", "torch.nn.modules.normalization",
     {{"", "normalized_shape"}, {"eps=", "eps"},
      {"elementwise_affine=", "elementwise_affine"}}},
    {"GroupNorm", "torch.nn.modules.normalization",
     {{"", "num_groups"}, {"", "num_channels"}, {"eps=", "eps"},
      {"affine=", "affine"}, {"bias=", "has_bias"}}},
    {"LocalResponseNorm CrossMapLRN2d", "torch.nn.modules.normalization",
     {{"", "size"}, {"alpha=", "alpha"}, {"beta=", "beta"}, {"k=", "k"}}},

    {"ReLU ReLU6 SiLU Mish SELU", kActivation,
     {{"inplace=", "inplace", "False"}}},
    {"Threshold", kActivation,
     {{"threshold=", "threshold"}, {"value=", "value"},
      {"inplace=", "inplace", "False"}}},
    {"RReLU", kActivation,
     {{"lower=", "lower"}, {"upper=", "upper"},
      {"inplace=", "inplace", "False"}}},
    {"Hardtanh", kActivation,
     {{"min_val=", "min_val"}, {"max_val=", "max_val"},
      {"inplace=", "inplace", "False"}}},
    {"ELU CELU", kActivation,
     {{"alpha=", "alpha"}, {"inplace=", "inplace", "False"}}},
    {"LeakyReLU", kActivation,
     {{"negative_slope=", "negative_slope"},
      {"inplace=", "inplace", "False"}}},
    {"GLU Softmin Softmax LogSoftmax", kActivation, {{"dim=", "dim"}}},
    {"GELU", kActivation, {{"approximate=", "approximate", "", true}}},
    {"Hardshrink Softshrink", kActivation, {{"", "lambd"}}},
    {"Softplus", kActivation,
     {{"beta=", "beta"}, {"threshold=", "threshold"}}},
    {"PReLU", kActivation, {{"num_parameters=", "num_parameters"}}},

    {"MaxPool1d MaxPool2d MaxPool3d", kPooling,  // _MaxPoolNd
     {{"kernel_size=", "kernel_size"}, {"stride=", "stride"},
      {"padding=", "padding"}, {"dilation=", "dilation"},
      {"ceil_mode=", "ceil_mode"}}},
    {"AvgPool1d AvgPool2d AvgPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d",
     kPooling,  // _AvgPoolNd, _MaxUnpoolNd
     {{"kernel_size=", "kernel_size"}, {"stride=", "stride"},
      {"padding=", "padding"}}},
    {"LPPool1d LPPool2d LPPool3d", kPooling,  // _LPPoolNd
     {{"norm_type=", "norm_type"}, {"kernel_size=", "kernel_size"},
      {"stride=", "stride"}, {"ceil_mode=", "ceil_mode"}}},
    {"AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AdaptiveAvgPool1d "
     "AdaptiveAvgPool2d AdaptiveAvgPool3d",
     kPooling, {{"output_size=", "output_size"}}},

    {"Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout",
     "torch.nn.modules.dropout",  // _DropoutNd
     {{"p=", "p"}, {"inplace=", "inplace"}}},
    {"Flatten", "torch.nn.modules.flatten",
     {{"start_dim=", "start_dim"}, {"end_dim=", "end_dim"}}},
    {"Unflatten", "torch.nn.modules.flatten",
     {{"dim=", "dim"}, {"unflattened_size=", "unflattened_size"}}},
    {"Fold", "torch.nn.modules.fold",
     {{"output_size=", "output_size"}, {"kernel_size=", "kernel_size"},
      {"dilation=", "dilation"}, {"padding=", "padding"},
      {"stride=", "stride"}}},
    {"Unfold", "torch.nn.modules.fold",
     {{"kernel_size=", "kernel_size"}, {"dilation=", "dilation"},
      {"padding=", "padding"}, {"stride=", "stride"}}},
    {"ChannelShuffle", "torch.nn.modules.channelshuffle",
     {{"groups=", "groups"}}},
    {"PixelShuffle", "torch.nn.modules.pixelshuffle",
     {{"upscale_factor=", "upscale_factor"}}},
    {"PixelUnshuffle", "torch.nn.modules.pixelshuffle",
     {{"downscale_factor=", "downscale_factor"}}},
    {"ConstantPad1d ConstantPad2d ConstantPad3d", "torch.nn.modules.padding",
     {{"padding=", "padding"}, {"value=", "value"}}},
    {"CircularPad1d CircularPad2d CircularPad3d ReflectionPad1d "
     "ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d "
     "ReplicationPad3d ZeroPad1d ZeroPad2d ZeroPad3d",
     "torch.nn.modules.padding", {{"", "padding"}}},
    {"Upsample UpsamplingNearest2d UpsamplingBilinear2d",
     "torch.nn.modules.upsampling",
     {{"scale_factor=", "scale_factor", "None"},
      {"size=", "size_without_scale", "None"}, {"mode=", "mode", "", true}}},

    {"LSTM GRU RNN", "torch.nn.modules.rnn",  // RNNBase
     {{"", "input_size"}, {"", "hidden_size"},
      {"proj_size=", "proj_size", "0"}, {"num_layers=", "num_layers", "1"},
      {"bias=", "bias", "True"}, {"batch_first=", "batch_first", "False"},
      {"dropout=", "dropout", "0.0"},
      {"bidirectional=", "bidirectional", "False"}}},
    {"LSTMCell GRUCell", "torch.nn.modules.rnn",  // RNNCellBase
     {{"", "input_size"}, {"", "hidden_size"}, {"bias=", "bias", "True"}}},
    {"RNNCell", "torch.nn.modules.rnn",  // RNNCellBase
     {{"", "input_size"}, {"", "hidden_size"}, {"bias=", "bias", "True"},
      {"nonlinearity=", "nonlinearity", "tanh"}}},
    {"Embedding", "torch.nn.modules.sparse",
     {{"", "num_embeddings"}, {"", "embedding_dim"},
      {"padding_idx=", "padding_idx", "None"},
      {"max_norm=", "max_norm", "None"}, {"norm_type=", "norm_type", "2.0"},
      {"scale_grad_by_freq=", "scale_grad_by_freq", "False"},
      {"sparse=", "sparse", "False"}}},
    {"EmbeddingBag", "torch.nn.modules.sparse",
     {{"", "num_embeddings"}, {"", "embedding_dim"},
      {"max_norm=", "max_norm", "None"}, {"norm_type=", "norm_type", "2.0"},
      {"scale_grad_by_freq=", "scale_grad_by_freq", "False"},
      {"mode=", "mode", "", true}, {"padding_idx=", "padding_idx", "None"}}},

    // torchvision's that have one of their own.
    {"StochasticDepth", "torchvision.ops.stochastic_depth",
     {{"p=", "p"}, {"mode=", "mode"}}},
    {"FrozenBatchNorm2d", "torchvision.ops.misc",
     {{"", "num_features"}, {"eps=", "eps"}}},
  };
  return *kRules;
}
// clang-format on

}  // namespace

const Rule* FindRule(absl::string_view full_type) {
  static const auto* const kByType = [] {
    auto* by_type = new absl::flat_hash_map<std::string, const Rule*>;
    for (const Rule& rule : Rules()) {
      for (absl::string_view type : absl::StrSplit(rule.types, ' ')) {
        by_type->emplace(absl::StrCat(rule.module, ".", type), &rule);
      }
    }
    return by_type;
  }();
  const auto found = kByType->find(full_type);
  return found == kByType->end() ? nullptr : found->second;
}

}  // namespace strata::formatters::repr
