#include "plugins/metrics/macs/formulas.h"

#include <algorithm>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "plugins/metrics/macs/shape_formulas.h"

namespace strata::metrics {
namespace {

using Formula = Count (*)(const OpCall& op);
using Table = absl::flat_hash_map<absl::string_view, Formula>;

// By the operator's name without namespace-inner overloads. One row each, so
// that a grep finds it.
const Table& Formulas() {
  static const Table* const table = new Table({
      {"aten::conv1d", Convolution},
      {"aten::conv2d", Convolution},
      {"aten::conv3d", Convolution},
      {"aten::conv_transpose1d", TransposedConvolution},
      {"aten::conv_transpose2d", TransposedConvolution},
      {"aten::conv_transpose3d", TransposedConvolution},
      {"aten::convolution", GeneralConvolution},
      {"aten::_convolution", GeneralConvolution},
      {"aten::convolution_overrideable", GeneralConvolution},
      {"aten::_convolution_mode", Convolution},
      {"aten::mkldnn_convolution", Convolution},
      {"aten::_nnpack_spatial_convolution", Convolution},
      {"aten::thnn_conv2d", Convolution},
      {"aten::_slow_conv2d_forward", Convolution},
      {"aten::slow_conv3d", Convolution},
      {"aten::slow_conv3d_forward", Convolution},
      {"aten::slow_conv_dilated2d", Convolution},
      {"aten::slow_conv_dilated3d", Convolution},
      {"aten::slow_conv_transpose2d", TransposedConvolution},
      {"aten::slow_conv_transpose3d", TransposedConvolution},
      {"aten::_conv_depthwise2d", Convolution},
      {"aten::conv_depthwise3d", Convolution},
      {"aten::cudnn_convolution", Convolution},
      {"aten::cudnn_convolution_relu", Convolution},
      {"aten::cudnn_convolution_add_relu", Convolution},
      {"aten::cudnn_convolution_transpose", TransposedConvolution},
      {"aten::miopen_convolution", Convolution},
      {"aten::miopen_convolution_relu", Convolution},
      {"aten::miopen_convolution_add_relu", Convolution},
      {"aten::miopen_convolution_transpose", TransposedConvolution},
      {"aten::miopen_depthwise_convolution", Convolution},
      {"aten::conv_tbc", ConvolutionTbc},
      {"aten::linear", MatrixProduct},
      {"aten::mkldnn_linear", MatrixProduct},
      {"aten::matmul", MatrixProduct},
      {"aten::mm", MatrixProduct},
      {"aten::bmm", MatrixProduct},
      {"aten::mv", MatrixProduct},
      {"aten::dot", MatrixProduct},
      {"aten::vdot", MatrixProduct},
      {"aten::addmm", AddedMatrixProduct},
      {"aten::_addmm_activation", AddedMatrixProduct},
      {"aten::addmv", AddedMatrixProduct},
      {"aten::baddbmm", AddedMatrixProduct},
      {"aten::addbmm", AddBmm},
      {"aten::_int_mm", MatrixProduct},
      {"aten::_scaled_mm", MatrixProduct},
      {"aten::_scaled_mm_v2", MatrixProduct},
      {"aten::_weight_int8pack_mm", MatrixProduct},
      {"aten::_weight_int4pack_mm", MatrixProduct},
      {"aten::_weight_int4pack_mm_for_cpu", MatrixProduct},
      {"aten::_weight_int4pack_mm_with_scales_and_zeros", MatrixProduct},
      {"aten::_dyn_quant_matmul_4bit", MatrixProduct},
      {"quantized::matmul", MatrixProduct},
      {"aten::bilinear", Bilinear},
      {"aten::scaled_dot_product_attention", Attention},
      {"aten::_scaled_dot_product_attention_math", Attention},
      {"aten::_scaled_dot_product_flash_attention", Attention},
      {"aten::_scaled_dot_product_flash_attention_for_cpu", Attention},
      {"aten::_scaled_dot_product_efficient_attention", Attention},
      {"aten::_scaled_dot_product_cudnn_attention", Attention},
      {"aten::_scaled_dot_product_fused_attention_overrideable", Attention},
      {"aten::_native_multi_head_attention", NativeMultiHead},
      {"aten::_transformer_encoder_layer_fwd", EncoderLayer},
      {"aten::lstm", Recurrent},
      {"aten::gru", Recurrent},
      {"aten::rnn_tanh", Recurrent},
      {"aten::rnn_relu", Recurrent},
      {"aten::quantized_lstm", Recurrent},
      {"aten::quantized_gru", Recurrent},
      {"aten::quantized_lstm_cell", RecurrentCell},
      {"aten::quantized_gru_cell", RecurrentCell},
      {"aten::quantized_rnn_tanh_cell", RecurrentCell},
      {"aten::quantized_rnn_relu_cell", RecurrentCell},
      {"quantized::quantized_lstm_cell_dynamic", RecurrentCell},
      {"quantized::quantized_gru_cell_dynamic", RecurrentCell},
      {"quantized::quantized_rnn_tanh_cell_dynamic", RecurrentCell},
      {"quantized::quantized_rnn_relu_cell_dynamic", RecurrentCell},
      // X [*, in] and a packed weight.
      {"quantized::linear", MatrixProduct},
      {"quantized::linear_relu", MatrixProduct},
      {"quantized::linear_dynamic", MatrixProduct},
      {"quantized::linear_relu_dynamic", MatrixProduct},
      {"quantized::linear_dynamic_fp16", MatrixProduct},
      {"quantized::linear_relu_dynamic_fp16", MatrixProduct},
      // An input and packed parameters [weight, bias].
      {"quantized::conv1d", Convolution},
      {"quantized::conv1d_relu", Convolution},
      {"quantized::conv1d_dynamic", Convolution},
      {"quantized::conv2d", Convolution},
      {"quantized::conv2d_relu", Convolution},
      {"quantized::conv2d_add", Convolution},
      {"quantized::conv2d_add_relu", Convolution},
      {"quantized::conv2d_dynamic", Convolution},
      {"quantized::conv3d", Convolution},
      {"quantized::conv3d_relu", Convolution},
      {"quantized::conv3d_dynamic", Convolution},
      {"quantized::conv_transpose1d", TransposedConvolution},
      {"quantized::conv_transpose2d", TransposedConvolution},
      {"quantized::conv_transpose3d", TransposedConvolution},
      {"quantized::conv_transpose1d_dynamic", TransposedConvolution},
      {"quantized::conv_transpose2d_dynamic", TransposedConvolution},
      {"quantized::conv_transpose3d_dynamic", TransposedConvolution},
      {"torchvision::deform_conv2d", Convolution},
  });
  return *table;
}

bool TakesNested(const OpCall& op) {
  return std::any_of(op.arguments.begin(), op.arguments.end(),
                     [](const OpArgument& argument) {
                       return std::holds_alternative<NestedTensor>(argument);
                     });
}

}  // namespace

std::optional<Count> MacsOf(const OpCall& op) {
  // Kernels for nested tensors are built of products of plain ones, and only
  // these tell what is padded: a linear layer takes the tokens that there are,
  // attention on a CPU the longest sequence for each.
  if (TakesNested(op)) return std::nullopt;
  const Table& formulas = Formulas();
  auto found = formulas.find(op.name);
  if (found == formulas.end()) {
    // aten::addmm_ writes in place and costs the same.
    absl::string_view name = op.name;
    if (!absl::ConsumeSuffix(&name, "_")) return std::nullopt;
    found = formulas.find(name);
    if (found == formulas.end()) return std::nullopt;
  }
  return found->second(op);
}

bool IsKnownArithmetic(absl::string_view name) {
  for (absl::string_view prefix :
       {"quantized::conv", "quantized::linear", "aten::ormqr", "aten::sspaddmm",
        "aten::sparse_sampled_addmm", "aten::linalg_solve",
        "aten::linalg_householder_product",
        "mkldnn::", "mkldnn_prepacked::conv",
        "prepacked::", "aten::fbgemm_linear", "xnnpack::"}) {
    if (absl::StartsWith(name, prefix)) {
      // Packing weights is no arithmetic on them.
      return !absl::EndsWith(name, "pack") &&
             !absl::EndsWith(name, "packed_weights");
    }
  }
  return false;
}

}  // namespace strata::metrics
