#include "plugins/sources/torch_module/layer_classes.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace strata::torch_module {
namespace {

constexpr absl::string_view kNamespace = "torch::nn::";

// torch/nn/functional of LibTorch 2.13 is where they come from: its linear is
// no one operator, as Python's is.
const std::vector<LayerClass>& LayerClasses() {
  static const auto* const classes = new std::vector<LayerClass>{
      {"Linear", {"t", "addmm", "matmul", "add", "linear"}, true},
      {"Bilinear", {"bilinear"}, true},
      {"Conv1d", {"conv1d"}, true},
      {"Conv2d", {"conv2d"}, true},
      {"Conv3d", {"conv3d"}, true},
      {"ConvTranspose1d", {"conv_transpose1d"}, true},
      {"ConvTranspose2d", {"conv_transpose2d"}, true},
      {"ConvTranspose3d", {"conv_transpose3d"}, true},
      {"Embedding", {"embedding", "embedding_renorm"}, true},
      {"EmbeddingBag", {"embedding_bag", "embedding_renorm"}, true},
      // `add` counts the batches, `item` reads how many there were.
      {"BatchNorm1d", {"batch_norm", "add", "item"}, true},
      {"BatchNorm2d", {"batch_norm", "add", "item"}, true},
      {"BatchNorm3d", {"batch_norm", "add", "item"}, true},
      {"InstanceNorm1d", {"instance_norm", "add", "item"}, true},
      {"InstanceNorm2d", {"instance_norm", "add", "item"}, true},
      {"InstanceNorm3d", {"instance_norm", "add", "item"}, true},
      {"LayerNorm", {"layer_norm"}, true},
      {"GroupNorm", {"group_norm"}, true},
      {"PReLU", {"prelu"}, true},
      {"LSTM", {"lstm"}, true},
      {"GRU", {"gru"}, true},
      {"RNN", {"rnn_tanh", "rnn_relu"}, true},
      {"LSTMCell", {"lstm_cell"}, true},
      {"GRUCell", {"gru_cell"}, true},
      {"RNNCell", {"rnn_tanh_cell", "rnn_relu_cell"}, true},
      {"MultiheadAttention",
       {"t", "addmm", "matmul", "add", "linear", "slice", "repeat"},
       true},
      {"AdaptiveAvgPool1d", {"adaptive_avg_pool1d"}},
      {"AdaptiveAvgPool2d", {"adaptive_avg_pool2d"}},
      {"AdaptiveAvgPool3d", {"adaptive_avg_pool3d"}},
      {"AdaptiveMaxPool1d", {"adaptive_max_pool1d"}},
      {"AdaptiveMaxPool2d", {"adaptive_max_pool2d"}},
      {"AdaptiveMaxPool3d", {"adaptive_max_pool3d"}},
      {"AvgPool1d", {"avg_pool1d"}},
      {"AvgPool2d", {"avg_pool2d"}},
      {"AvgPool3d", {"avg_pool3d"}},
      {"MaxPool1d", {"max_pool1d"}},
      {"MaxPool2d", {"max_pool2d"}},
      {"MaxPool3d", {"max_pool3d"}},
      {"CELU", {"celu"}},
      {"ELU", {"elu"}},
      {"GELU", {"gelu"}},
      {"GLU", {"glu"}},
      {"Hardshrink", {"hardshrink"}},
      {"Hardtanh", {"hardtanh"}},
      {"LeakyReLU", {"leaky_relu"}},
      {"LogSigmoid", {"log_sigmoid"}},
      {"LogSoftmax", {"log_softmax"}},
      {"Mish", {"mish"}},
      {"ReLU", {"relu"}},
      {"ReLU6", {"relu6"}},
      {"RReLU", {"rrelu"}},
      {"SELU", {"selu"}},
      {"SiLU", {"silu"}},
      {"Sigmoid", {"sigmoid"}},
      {"Softmax", {"softmax"}},
      {"Softmax2d", {"softmax"}},
      {"Softplus", {"softplus"}},
      {"Softshrink", {"softshrink"}},
      {"Tanh", {"tanh"}},
      {"Threshold", {"threshold"}},
      {"AlphaDropout", {"alpha_dropout"}},
      {"Dropout", {"dropout"}},
      {"Dropout2d", {"feature_dropout"}},
      {"Dropout3d", {"feature_dropout"}},
      {"FeatureAlphaDropout", {"feature_alpha_dropout"}},
      {"Flatten", {"flatten"}},
      {"Unflatten", {"unflatten"}},
      {"Fold", {"col2im"}},
      {"Unfold", {"im2col"}},
      {"PixelShuffle", {"pixel_shuffle"}},
      {"PixelUnshuffle", {"pixel_unshuffle"}},
      {"Upsample",
       {"upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d",
        "_upsample_nearest_exact1d", "_upsample_nearest_exact2d",
        "_upsample_nearest_exact3d", "upsample_linear1d", "upsample_bilinear2d",
        "upsample_trilinear3d", "upsample_bicubic2d"}},
      {"ConstantPad1d", {"_pad_enum"}},
      {"ConstantPad2d", {"_pad_enum"}},
      {"ConstantPad3d", {"_pad_enum"}},
      {"ReflectionPad1d", {"_pad_enum"}},
      {"ReflectionPad2d", {"_pad_enum"}},
      {"ReflectionPad3d", {"_pad_enum"}},
      {"ReplicationPad1d", {"_pad_enum"}},
      {"ReplicationPad2d", {"_pad_enum"}},
      {"ReplicationPad3d", {"_pad_enum"}},
      {"ZeroPad1d", {"_pad_enum"}},
      {"ZeroPad2d", {"_pad_enum"}},
      {"ZeroPad3d", {"_pad_enum"}},
      {"CosineSimilarity", {"cosine_similarity"}},
      {"PairwiseDistance", {"pairwise_distance"}},
      {"BCELoss", {"binary_cross_entropy"}},
      {"BCEWithLogitsLoss", {"binary_cross_entropy_with_logits"}},
      {"CrossEntropyLoss", {"cross_entropy_loss"}},
      {"KLDivLoss", {"kl_div"}},
      {"L1Loss", {"l1_loss"}},
      {"MSELoss", {"mse_loss"}},
      {"NLLLoss", {"nll_loss_nd"}},
      {"SmoothL1Loss", {"smooth_l1_loss"}},
  };
  return *classes;
}

}  // namespace

const LayerClass* FindLayerClass(absl::string_view full_type) {
  static const auto* const by_type = [] {
    auto* made = new absl::flat_hash_map<absl::string_view, const LayerClass*>;
    for (const LayerClass& layer : LayerClasses())
      made->emplace(layer.type, &layer);
    return made;
  }();
  if (!absl::ConsumePrefix(&full_type, kNamespace)) return nullptr;
  const auto found = by_type->find(full_type);
  return found == by_type->end() ? nullptr : found->second;
}

bool IsSequential(absl::string_view full_type) {
  return full_type == "torch::nn::Sequential";
}

bool IsContainer(absl::string_view full_type) {
  if (!absl::ConsumePrefix(&full_type, kNamespace)) return false;
  return full_type == "ModuleList" || full_type == "ModuleDict" ||
         full_type == "ParameterList" || full_type == "ParameterDict";
}

const std::vector<absl::string_view>& CallOrder(absl::string_view full_type) {
  static const auto* const none = new std::vector<absl::string_view>();
  static const auto* const encoder = new std::vector<absl::string_view>{
      "self_attn", "dropout1", "norm1",    "linear1",
      "dropout",   "linear2",  "dropout2", "norm2"};
  static const auto* const decoder = new std::vector<absl::string_view>{
      "self_attn", "dropout1", "norm1",   "multihead_attn", "dropout2", "norm2",
      "linear1",   "dropout",  "linear2", "dropout3",       "norm3"};
  if (full_type == "torch::nn::TransformerEncoderLayer") return *encoder;
  if (full_type == "torch::nn::TransformerDecoderLayer") return *decoder;
  return *none;
}

absl::string_view OperatorStem(absl::string_view name) {
  absl::ConsumePrefix(&name, "aten::");
  if (WorksInPlace(name)) name.remove_suffix(1);
  return name;
}

bool WorksInPlace(absl::string_view name) {
  return absl::EndsWith(name, "_") && !absl::EndsWith(name, "__");
}

bool Calls(const LayerClass& layer, absl::string_view operator_name) {
  const absl::string_view stem = OperatorStem(operator_name);
  return std::find(layer.operators.begin(), layer.operators.end(), stem) !=
         layer.operators.end();
}

}  // namespace strata::torch_module
