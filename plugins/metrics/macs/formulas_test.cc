#include "plugins/metrics/macs/formulas.h"

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::metrics {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
using Arguments = std::vector<OpArgument>;
using Tensors = std::vector<TensorSpec>;

struct Case {
  std::string op;
  std::string form;  // "" for the usual one.
  Arguments arguments;
  Shape output;
  std::optional<int64_t> macs;  // Nothing: the answer is unknown.
};

class Cases {
 public:
  // A row for each operator that takes the same arguments.
  void Add(std::initializer_list<const char*> ops, Arguments arguments,
           Shape output, std::optional<int64_t> macs, const char* form = "") {
    for (const char* op : ops) {
      cases.push_back({op, form, arguments, output, macs});
    }
  }
  std::vector<Case> cases;
};

std::vector<Case> Convolutions() {
  Cases c;
  // ResNet's first: each element of the output takes 3 * 7 * 7.
  c.Add({"aten::conv2d", "aten::convolution", "aten::_convolution",
         "aten::convolution_overrideable", "aten::_convolution_mode",
         "aten::mkldnn_convolution", "aten::thnn_conv2d",
         "aten::_slow_conv2d_forward", "aten::slow_conv_dilated2d",
         "aten::cudnn_convolution", "aten::cudnn_convolution_relu",
         "aten::cudnn_convolution_add_relu", "aten::miopen_convolution",
         "aten::miopen_convolution_relu", "aten::miopen_convolution_add_relu",
         "aten::_nnpack_spatial_convolution", "torchvision::deform_conv2d"},
        {Float({1, 3, 224, 224}), Float({64, 3, 7, 7})}, {1, 64, 112, 112},
        1LL * 64 * 3 * 7 * 7 * 112 * 112);
  // Packed parameters: the list [weight, bias].
  const std::vector<TensorSpec> packed = {TensorOf(DType::kQInt8, {8, 3, 3, 3}),
                                          Float({8})};
  c.Add({"quantized::conv2d", "quantized::conv2d_relu",
         "quantized::conv2d_dynamic"},
        {TensorOf(DType::kQUInt8, {1, 3, 9, 9}), packed}, {1, 8, 7, 7},
        8 * 3 * 3 * 3 * 7 * 7);
  // Transposed: 8 -> 6 in two groups, counted by the input.
  c.Add({"quantized::conv_transpose1d", "quantized::conv_transpose2d",
         "quantized::conv_transpose3d", "quantized::conv_transpose1d_dynamic",
         "quantized::conv_transpose2d_dynamic",
         "quantized::conv_transpose3d_dynamic"},
        {Float({1, 8, 9, 9}),
         Tensors{TensorOf(DType::kQInt8, {8, 3, 2, 2}), Float({6})}},
        {1, 6, 10, 10}, 8 * 9 * 9 * 3 * 2 * 2);
  c.Add({"aten::conv1d"}, {Float({2, 4, 10}), Float({6, 4, 3})}, {2, 6, 8},
        2 * 6 * 8 * 4 * 3);
  c.Add({"aten::conv3d", "aten::slow_conv3d", "aten::slow_conv3d_forward",
         "aten::slow_conv_dilated3d", "aten::conv_depthwise3d"},
        {Float({2, 4, 5, 5, 5}), Float({6, 4, 3, 3, 3})}, {2, 6, 3, 3, 3},
        2 * 6 * 3 * 3 * 3 * 4 * 3 * 3 * 3);
  c.Add({"aten::_conv_depthwise2d", "aten::miopen_depthwise_convolution"},
        {Float({1, 8, 9, 9}), Float({8, 1, 3, 3})}, {1, 8, 7, 7},
        8 * 7 * 7 * 3 * 3);
  c.Add({"aten::conv_tbc"}, {Float({10, 2, 4}), Float({3, 4, 6})}, {8, 2, 6},
        8 * 2 * 6 * 3 * 4);
  // 4 -> 6, kernel 2, stride 2, on 8x8: counted by the input.
  const Arguments up = {Float({1, 4, 8, 8}), Float({4, 6, 2, 2})};
  c.Add({"aten::conv_transpose2d", "aten::slow_conv_transpose2d",
         "aten::cudnn_convolution_transpose",
         "aten::miopen_convolution_transpose"},
        up, {1, 6, 16, 16}, 8 * 8 * 4 * 6 * 2 * 2);
  c.Add({"aten::conv_transpose1d"}, {Float({2, 4, 8}), Float({4, 6, 3})},
        {2, 6, 10}, 2 * 8 * 4 * 6 * 3);
  c.Add({"aten::conv_transpose3d", "aten::slow_conv_transpose3d"},
        {Float({1, 4, 2, 2, 2}), Float({4, 6, 2, 2, 2})}, {1, 6, 3, 3, 3},
        2 * 2 * 2 * 4 * 6 * 2 * 2 * 2);

  c.Add({"aten::conv2d"}, {Float({3, 32, 32}), Float({8, 3, 3, 3})},
        {8, 32, 32}, 8 * 32 * 32 * 3 * 3 * 3, "unbatched");
  c.Add({"aten::conv2d"}, {Float({1, 8, 9, 9}), Float({16, 4, 3, 3})},
        {1, 16, 7, 7}, 16 * 7 * 7 * (8 / 2) * 3 * 3, "grouped");
  c.Add({"aten::conv2d"}, {Float({1, 8, 9, 9}), Float({8, 1, 3, 3})},
        {1, 8, 7, 7}, 8 * 7 * 7 * 1 * 3 * 3, "depthwise");
  c.Add({"aten::conv2d"}, {Float({0, 3, 9, 9}), Float({8, 3, 3, 3})},
        {0, 8, 7, 7}, 0, "no_batch");
  c.Add({"aten::conv2d"}, {Float({1, 3, 9, 9}), Float({kMax, 3, 3, 3})},
        {1, kMax, 7, 7}, std::nullopt, "overflow");
  c.Add({"aten::conv_transpose2d"}, {Float({1, 4, 8, 8}), Float({4, 3, 2, 2})},
        {1, 6, 16, 16}, 8 * 8 * 4 * (6 / 2) * 2 * 2, "grouped");
  Arguments flagged(9);
  flagged[0] = up[0];
  flagged[1] = up[1];
  flagged[6] = true;
  c.Add({"aten::convolution", "aten::_convolution",
         "aten::convolution_overrideable"},
        flagged, {1, 6, 16, 16}, 8 * 8 * 4 * 6 * 2 * 2, "transposed");
  flagged[1] = Float({6, 4, 2, 2});
  flagged[6] = false;
  c.Add({"aten::convolution"}, flagged, {1, 6, 7, 7}, 6 * 7 * 7 * 4 * 2 * 2,
        "not_transposed");
  return c.cases;
}

std::vector<Case> Products() {
  Cases c;
  // Linear(64, 32); a quantized weight is packed, and no tensor.
  c.Add({"aten::linear", "aten::mkldnn_linear", "quantized::linear",
         "quantized::linear_relu", "quantized::linear_dynamic",
         "quantized::linear_relu_dynamic", "quantized::linear_dynamic_fp16",
         "quantized::linear_relu_dynamic_fp16"},
        {Float({1, 10, 64}), std::monostate()}, {1, 10, 32}, 10 * 64 * 32);
  const TensorSpec a = Float({4, 5});
  c.Add({"aten::matmul", "aten::mm", "aten::_int_mm", "aten::_scaled_mm",
         "aten::_scaled_mm_v2", "aten::_weight_int8pack_mm",
         "aten::_weight_int4pack_mm", "aten::_weight_int4pack_mm_for_cpu",
         "aten::_weight_int4pack_mm_with_scales_and_zeros",
         "aten::_dyn_quant_matmul_4bit", "quantized::matmul"},
        {a, Float({5, 6})}, {4, 6}, 4 * 5 * 6);
  c.Add({"aten::addmm", "aten::_addmm_activation"},
        {Float({6}), a, Float({5, 6})}, {4, 6}, 4 * 5 * 6);
  c.Add({"aten::dot", "aten::vdot"}, {Float({9}), Float({9})}, {}, 9);
  c.Add({"aten::mv"}, {a, Float({5})}, {4}, 4 * 5);
  c.Add({"aten::addmv"}, {Float({4}), a, Float({5})}, {4}, 4 * 5);
  const TensorSpec b1 = Float({2, 4, 5});
  const TensorSpec b2 = Float({2, 5, 6});
  c.Add({"aten::bmm"}, {b1, b2}, {2, 4, 6}, 2 * 4 * 5 * 6);
  c.Add({"aten::baddbmm"}, {a, b1, b2}, {2, 4, 6}, 2 * 4 * 5 * 6);
  c.Add({"aten::addbmm"}, {a, b1, b2}, {4, 6}, 2 * 4 * 5 * 6);
  c.Add({"aten::bilinear"}, {Float({7, 3}), Float({7, 4}), Float({2, 3, 4})},
        {7, 2}, 7 * 2 * 3 * 4);

  c.Add({"aten::linear"}, {Float({64}), Float({32, 64})}, {32}, 64 * 32,
        "unbatched");
  c.Add({"aten::linear"}, {Float({0, 64}), Float({32, 64})}, {0, 32}, 0,
        "no_batch");
  c.Add({"aten::linear"}, {Float({5, 0}), Float({32, 0})}, {5, 32}, 0,
        "no_features");
  c.Add({"aten::linear"}, {Float({kMax, 2}), Float({3, 2})}, {kMax, 3},
        std::nullopt, "overflow");
  c.Add({"aten::matmul"}, {Float({5}), Float({5})}, {}, 5, "vectors");
  c.Add({"aten::matmul"}, {Float({5}), Float({3, 5, 6})}, {3, 6}, 3 * 6 * 5,
        "vector_by_batch");
  c.Add({"aten::matmul"}, {Float({7, 1, 4, 5}), Float({3, 5, 6})}, {7, 3, 4, 6},
        7 * 3 * 4 * 5 * 6, "broadcast");
  c.Add({"aten::matmul"}, {Float({}), Float({5})}, {}, std::nullopt, "scalar");
  c.Add({"aten::addbmm"}, {a, b1, Float({5, 6})}, {4, 6}, std::nullopt, "flat");
  return c.cases;
}

std::vector<Case> Fused() {
  Cases c;
  const TensorSpec q = Float({1, 2, 16, 32});
  c.Add({"aten::scaled_dot_product_attention",
         "aten::_scaled_dot_product_attention_math",
         "aten::_scaled_dot_product_flash_attention",
         "aten::_scaled_dot_product_flash_attention_for_cpu",
         "aten::_scaled_dot_product_efficient_attention",
         "aten::_scaled_dot_product_cudnn_attention",
         "aten::_scaled_dot_product_fused_attention_overrideable"},
        {q, q, q}, {1, 2, 16, 32}, 2 * 16 * 16 * (32 + 32));
  c.Add({"aten::scaled_dot_product_attention"},
        {q, Float({1, 2, 9, 32}), Float({1, 2, 9, 8})}, {1, 2, 16, 8},
        2 * 16 * 9 * (32 + 8), "cross");
  c.Add({"aten::scaled_dot_product_attention"},
        {Float({3, 8, 5, 4}), Float({3, 2, 5, 4}), Float({3, 2, 5, 4})},
        {3, 8, 5, 4}, 3 * 8 * 5 * 5 * (4 + 4), "grouped_keys");
  c.Add({"aten::scaled_dot_product_attention"}, {Float({4}), q, q}, {4},
        std::nullopt, "vector");

  const TensorSpec x = Float({1, 16, 64});  // 4 heads of 16.
  c.Add({"aten::_native_multi_head_attention"}, {x, x, x, int64_t{64}},
        {1, 16, 64}, 4 * 16 * 64 * 64 + 2 * 16 * 16 * 64);
  Arguments layer(20);
  layer[0] = x;
  layer[14] = Float({128, 64});
  layer[16] = Float({64, 128});
  c.Add({"aten::_transformer_encoder_layer_fwd"}, layer, {1, 16, 64},
        4 * 16 * 64 * 64 + 2 * 16 * 16 * 64 + 2 * 16 * 64 * 128);

  const TensorSpec tokens = Float({10, 1, 16});
  const TensorSpec state = Float({1, 1, 32});
  const auto weights = [](int64_t gates) -> Tensors {
    return {Float({gates * 32, 16}), Float({gates * 32, 32}),
            Float({gates * 32}), Float({gates * 32})};
  };
  c.Add({"aten::lstm"}, {tokens, Tensors{state, state}, weights(4), true},
        {10, 1, 32}, 10 * 4 * 32 * (16 + 32));
  c.Add({"aten::gru"}, {tokens, state, weights(3)}, {10, 1, 32},
        10 * 3 * 32 * (16 + 32));
  c.Add({"aten::rnn_tanh", "aten::rnn_relu"}, {tokens, state, weights(1)},
        {10, 1, 32}, 10 * 32 * (16 + 32));
  c.Add({"aten::gru"},  // Lengths 5, 3, 2: ten tokens in all.
        {Float({10, 16}), TensorOf(DType::kInt64, {5}), state, weights(3)},
        {10, 32}, (5 + 3 + 2) * 3 * 32 * (16 + 32), "packed");
  c.Add({"aten::lstm"},  // Projected to 8, and back again.
        {tokens, Tensors{state, state},
         Tensors{Float({128, 16}), Float({128, 8}), Float({8, 32}),
                 Float({128, 16}), Float({128, 8}), Float({8, 32})}},
        {10, 1, 16}, 2 * 10 * (128 * 16 + 128 * 8 + 8 * 32), "bidirectional");
  c.Add({"aten::lstm"}, {tokens, state}, {10, 1, 32}, std::nullopt, "bare");

  // Quantized: the packed objects as the list of what they hold.
  const auto packed = [](int64_t gates) -> Tensors {
    return {TensorOf(DType::kQInt8, {gates * 32, 16}),
            TensorOf(DType::kQInt8, {gates * 32, 32}), Float({gates * 32}),
            Float({gates * 32})};
  };
  c.Add({"aten::quantized_lstm"},
        {tokens, Tensors{state, state}, packed(4), true}, {10, 1, 32},
        10 * 4 * 32 * (16 + 32));
  c.Add({"aten::quantized_gru"},
        {Float({10, 16}), TensorOf(DType::kInt64, {5}), state, packed(3)},
        {10, 32}, 10 * 3 * 32 * (16 + 32), "packed");
  c.Add({"aten::quantized_lstm"},
        {tokens, Tensors{state, state}, std::monostate()}, {10, 1, 32},
        std::nullopt, "not_unpacked");
  const auto cell = [&](int64_t gates, OpArgument hidden) -> Arguments {
    return {
        Float({2, 16}), std::move(hidden),
        Tensors{TensorOf(DType::kQInt8, {gates * 32, 16}), Float({gates * 32})},
        Tensors{TensorOf(DType::kQInt8, {gates * 32, 32}),
                Float({gates * 32})}};
  };
  const TensorSpec hidden = Float({2, 32});
  c.Add({"quantized::quantized_lstm_cell_dynamic"},
        cell(4, Tensors{hidden, hidden}), {2, 32}, 2 * 4 * 32 * (16 + 32));
  c.Add({"quantized::quantized_gru_cell_dynamic"}, cell(3, hidden), {2, 32},
        2 * 3 * 32 * (16 + 32));
  c.Add({"quantized::quantized_rnn_tanh_cell_dynamic",
         "quantized::quantized_rnn_relu_cell_dynamic"},
        cell(1, hidden), {2, 32}, 2 * 32 * (16 + 32));
  c.Add({"aten::quantized_lstm_cell"},
        {Float({2, 16}), Tensors{hidden, hidden}, Float({128, 16}),
         Float({128, 32})},
        {2, 32}, 2 * (128 * 16 + 128 * 32));
  c.Add({"aten::quantized_gru_cell"},
        {Float({2, 16}), hidden, Float({96, 16}), Float({96, 32})}, {2, 32},
        2 * (96 * 16 + 96 * 32));
  c.Add({"aten::quantized_rnn_tanh_cell", "aten::quantized_rnn_relu_cell"},
        {Float({2, 16}), hidden, Float({32, 16}), Float({32, 32})}, {2, 32},
        2 * (32 * 16 + 32 * 32));
  c.Add({"quantized::quantized_gru_cell_dynamic"},
        {Float({2, 16}), hidden, std::monostate(), std::monostate()}, {2, 32},
        std::nullopt, "not_unpacked");
  return c.cases;
}

void PrintTo(const Case& test, std::ostream* out) {
  *out << test.op << " " << test.form;
}

class FormulaTest : public testing::TestWithParam<Case> {};

TEST_P(FormulaTest, OfTheOperatorAndOfItsInPlaceForm) {
  const Case& test = GetParam();
  for (const std::string& op : {test.op, test.op + "_"}) {
    const FakeOp fake{op, test.arguments, {Float(test.output)}, 0, 0, ""};
    const std::optional<Count> macs = MacsOf(fake.Call());
    ASSERT_TRUE(macs.has_value()) << op;
    EXPECT_EQ(macs->value(), test.macs) << op;
    // With a row for each formula: no free operator has one.
    EXPECT_FALSE(IsKnownFree(op)) << op;
    // Nothing to count with is unknown, never 0.
    const auto bare = MacsOf(FakeOp{op, {}, {}, 0, 0, ""}.Call());
    ASSERT_TRUE(bare.has_value()) << op;
    EXPECT_FALSE(bare->known()) << op;
  }
}

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.op + "_" + info.param.form;
  for (char& c : name) c = absl::ascii_isalnum(c) ? c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Convolutions, FormulaTest,
                         testing::ValuesIn(Convolutions()), NameOf);
INSTANTIATE_TEST_SUITE_P(Products, FormulaTest, testing::ValuesIn(Products()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Fused, FormulaTest, testing::ValuesIn(Fused()),
                         NameOf);

}  // namespace
}  // namespace strata::metrics
