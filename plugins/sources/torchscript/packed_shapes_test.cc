#include "plugins/sources/torchscript/packed_shapes.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue_inl.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/quantize_per_channel.h>
#include <ATen/ops/quantize_per_tensor.h>
#include <ATen/ops/zeros.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "plugins/sources/torchscript/meta_tensors.h"
#include "plugins/sources/torchscript/shape_kernels.h"

namespace strata::torchscript {
namespace {

using at::Tensor;
using Values = std::vector<c10::IValue>;
using Ints = std::vector<int64_t>;

Tensor Activation(const Ints& sizes) {
  return at::quantize_per_tensor(at::ones(sizes), 0.5, 3, at::kQUInt8);
}

Tensor Weight(const Ints& sizes) {
  return at::quantize_per_tensor(at::ones(sizes), 0.5, 0, at::kQInt8);
}

// Calls an operator with `values` in place of its first arguments, and its
// defaults in place of the rest.
c10::IValue Call(const std::string& name, Values values) {
  const size_t dot = name.find('.');
  const auto op = c10::Dispatcher::singleton().findSchemaOrThrow(
      name.substr(0, dot).c_str(),
      dot == std::string::npos ? "" : name.substr(dot + 1).c_str());
  for (size_t i = values.size(); i < op.schema().arguments().size(); ++i) {
    values.push_back(*op.schema().arguments()[i].default_value());
  }
  op.callBoxed(values);
  return values[0];
}

c10::IValue Meta(const c10::IValue& value) {
  if (value.isTensor()) return OnMeta(value.toTensor());
  if (!value.isTensorList()) return value;
  c10::List<Tensor> list;
  for (const Tensor& tensor : value.toTensorVector()) {
    list.push_back(OnMeta(tensor));
  }
  return list;
}

Values Meta(const Values& values) {
  Values metas;
  for (const c10::IValue& value : values) metas.push_back(Meta(value));
  return metas;
}

void ExpectSame(const c10::IValue& meta_value, const c10::IValue& cpu_value) {
  const Tensor& meta = meta_value.toTensor();
  const Tensor& cpu = cpu_value.toTensor();
  EXPECT_TRUE(meta.is_meta());
  EXPECT_EQ(meta.sizes(), cpu.sizes());
  EXPECT_EQ(meta.strides(), cpu.strides());
  EXPECT_EQ(meta.scalar_type(), cpu.scalar_type());
  EXPECT_EQ(meta.is_quantized(), cpu.is_quantized());
  EXPECT_EQ(meta.storage().nbytes(), cpu.storage().nbytes());
}

// What is packed, by which operator, and what uses it.
struct PackedCase {
  std::string prepack;
  Values packed;
  std::string op;
  Values before;  // Of the packed object, among the arguments.
  Values after;
};

std::vector<PackedCase> PackedCases() {
  const c10::IValue none;
  const auto conv = [&](const Ints& weight, int64_t groups, const Ints& stride,
                        const Ints& padding, const Ints& dilation) {
    return Values{Weight(weight), none, stride, padding, dilation, groups};
  };
  const auto transposed = [&](const Ints& weight, const Ints& stride,
                              const Ints& padding, const Ints& added) {
    return Values{Weight(weight),         none,      stride, padding, added,
                  Ints(stride.size(), 1), int64_t{1}};
  };
  const Tensor channels =
      at::quantize_per_channel(at::ones({4, 3, 3, 3}), at::ones({4}),
                               at::zeros({4}, at::kLong), 0, at::kQInt8);
  const Tensor rows = at::quantize_per_channel(
      at::ones({10, 12}), at::ones({10}), at::zeros({10}), 0, at::kQUInt8);
  const Tensor tokens = at::arange(6, at::kLong);
  const Tensor offsets = at::arange(4, at::kLong);
  const Values scale = {0.5, int64_t{3}};
  return {
      {"quantized::linear_prepack",
       {Weight({4, 8}), at::ones({4})},
       "quantized::linear",
       {Activation({2, 3, 8})},
       scale},
      {"quantized::linear_prepack",
       {Weight({4, 8}), none},
       "quantized::linear_relu",
       {Activation({2, 8})},
       scale},
      {"quantized::linear_prepack",
       {Weight({4, 8}), at::ones({4})},
       "quantized::linear_dynamic",
       {at::ones({2, 3, 8})},
       {}},
      {"quantized::linear_prepack_fp16",
       {at::ones({4, 8}), at::ones({4})},
       "quantized::linear_dynamic_fp16",
       {at::ones({2, 8})},
       {}},
      {"quantized::conv1d_prepack",
       conv({6, 2, 3}, 2, {2}, {1}, {1}),
       "quantized::conv1d",
       {Activation({2, 4, 9})},
       scale},
      {"quantized::conv2d_prepack",
       conv({6, 3, 3, 2}, 1, {2, 1}, {1, 0}, {1, 2}),
       "quantized::conv2d.new",
       {Activation({2, 3, 8, 9})},
       scale},
      {"quantized::conv2d_prepack",
       {channels, at::ones({4}), Ints{1, 1}, Ints{1, 1}, Ints{1, 1},
        int64_t{1}},
       "quantized::conv2d_relu.new",
       {Activation({1, 3, 5, 5})},
       scale},
      {"quantized::conv2d_prepack",
       conv({6, 3, 3, 3}, 1, {1, 1}, {0, 0}, {1, 1}),
       "quantized::conv2d_dynamic",
       {at::ones({2, 3, 8, 9})},
       {}},
      {"quantized::conv3d_prepack",
       conv({4, 2, 3, 3, 3}, 1, {1, 2, 1}, {1, 1, 1}, {1, 1, 1}),
       "quantized::conv3d.new",
       {Activation({1, 2, 4, 6, 5})},
       scale},
      {"quantized::conv_transpose1d_prepack",
       transposed({4, 6, 3}, {2}, {1}, {1}),
       "quantized::conv_transpose1d",
       {Activation({2, 4, 9})},
       scale},
      {"quantized::conv_transpose2d_prepack",
       transposed({4, 6, 3, 2}, {2, 3}, {1, 0}, {1, 2}),
       "quantized::conv_transpose2d",
       {Activation({2, 4, 5, 6})},
       scale},
      {"quantized::embedding_bag_prepack",
       {rows},
       "quantized::embedding_byte",
       {},
       {tokens}},
      {"quantized::embedding_bag_prepack",
       {rows},
       "quantized::embedding_byte",
       {},
       {tokens.view({2, 3})}},
      {"quantized::embedding_bag_prepack",
       {rows},
       "quantized::embedding_bag_byte",
       {},
       {tokens, offsets}},
      {"quantized::embedding_bag_prepack",
       {rows},
       "quantized::embedding_bag_byte",
       {},
       {tokens.view({2, 3})}},
  };
}

Values Arguments(const PackedCase& packed, const c10::IValue& object) {
  Values arguments = packed.before;
  arguments.push_back(object);
  arguments.insert(arguments.end(), packed.after.begin(), packed.after.end());
  return arguments;
}

class PackedShapes : public testing::Test {
 protected:
  PackedShapes() {
    RegisterShapeKernels();
    RegisterQuantizedKernels();
  }
};

TEST_F(PackedShapes, GiveWhatLibTorchsOwnGive) {
  for (const PackedCase& packed : PackedCases()) {
    SCOPED_TRACE(packed.op);
    const c10::IValue cpu = Call(packed.prepack, packed.packed);
    const c10::IValue meta = Call(packed.prepack, Meta(packed.packed));
    EXPECT_TRUE(HoldsShapes(meta));
    EXPECT_FALSE(HoldsShapes(cpu));
    ExpectSame(Call(packed.op, Meta(Arguments(packed, meta))),
               Call(packed.op, Arguments(packed, cpu)));
  }
}

TEST_F(PackedShapes, RefuseInputsThatLibTorchRefuses) {
  const c10::IValue linear =
      Call("quantized::linear_prepack", Meta(Values{Weight({4, 8})}));
  const Values scale = {0.5, int64_t{3}};
  EXPECT_ANY_THROW(
      Call("quantized::linear_dynamic", {OnMeta(at::ones({2, 7})), linear}));
  EXPECT_ANY_THROW(Call("quantized::linear",
                        {OnMeta(Activation({2, 7})), linear, 0.5, int64_t{3}}));
  EXPECT_ANY_THROW(Call("quantized::linear",
                        {OnMeta(Weight({2, 8})), linear, 0.5, int64_t{3}}));
}

TEST_F(PackedShapes, AreNotMixedWithPackedValues) {
  const c10::IValue real = Call("quantized::linear_prepack", {Weight({4, 8})});
  EXPECT_ANY_THROW(
      Call("quantized::linear_dynamic", {OnMeta(at::ones({2, 8})), real}));
  EXPECT_EQ(TakeOperatorThatNeededValues(), "quantized::linear_dynamic");
}

struct Case {
  std::string op;
  Values arguments;
};

TEST_F(PackedShapes, OperatorsOfQuantizedTensors) {
  const Tensor x = Activation({2, 4, 6, 6});
  const c10::List<Tensor> pair({x, x});
  const std::vector<Case> cases = {
      {"quantized::add_relu", {x, x, 0.5, int64_t{3}}},
      {"quantized::cat", {pair, int64_t{1}, 0.5, int64_t{3}}},
      {"aten::cat", {pair, int64_t{1}}},
      {"aten::relu", {x}},
      {"aten::clone", {x, c10::MemoryFormat::ChannelsLast}},
      {"aten::permute", {x, Ints{0, 2, 3, 1}}},
      {"aten::select.int", {x, int64_t{1}, int64_t{2}}},
      {"aten::quantized_max_pool2d", {x, Ints{2, 2}}},
      {"aten::adaptive_avg_pool2d", {x, Ints{1, 1}}},
      {"aten::upsample_nearest2d", {x, Ints{12, 12}}},
      {"aten::int_repr", {x}},
      {"aten::dequantize.self", {x}},
      {"aten::empty_like", {x}},
      {"aten::q_per_channel_scales",
       {at::quantize_per_channel(at::ones({4, 2}), at::ones({4}),
                                 at::zeros({4}, at::kLong), 0, at::kQInt8)}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.op);
    ExpectSame(Call(c.op, Meta(c.arguments)), Call(c.op, c.arguments));
  }
}

TEST_F(PackedShapes, ViewsShareTheirStorage) {
  const Tensor x = OnMeta(Activation({2, 4}));
  const Tensor view = Call("aten::view", {x, Ints{8}}).toTensor();
  EXPECT_TRUE(view.is_alias_of(x));
  const Tensor copy = Call("aten::clone", {x}).toTensor();
  EXPECT_FALSE(copy.is_alias_of(x));
  EXPECT_TRUE(Call("aten::relu_", {x}).toTensor().is_same(x));
}

TEST_F(PackedShapes, AScaleOfValuesIsNotTold) {
  const Tensor x = OnMeta(at::ones({2, 4}));
  const Tensor given =
      Call("aten::quantize_per_tensor",
           {x, 0.5, int64_t{3}, static_cast<int64_t>(at::kQUInt8)})
          .toTensor();
  EXPECT_EQ(Call("aten::q_scale", {given}).toDouble(), 0.5);
  const Tensor found = Call("aten::quantize_per_tensor_dynamic",
                            {x, static_cast<int64_t>(at::kQUInt8), false})
                           .toTensor();
  EXPECT_EQ(found.sizes(), x.sizes());
  EXPECT_ANY_THROW(
      Call("aten::q_scale", {Call("aten::relu", {found}).toTensor()}));
  EXPECT_EQ(TakeOperatorThatNeededValues(), "aten::q_scale");
}

TEST_F(PackedShapes, NormsOfHalfPrecisionWithWeightsOfSingle) {
  const Tensor x = at::ones({2, 4, 6}, at::kBFloat16);
  const std::vector<Case> cases = {
      {"aten::layer_norm", {x, Ints{6}, at::ones({6}), at::ones({6})}},
      {"aten::layer_norm", {x, Ints{4, 6}}},
      {"aten::group_norm", {x, int64_t{2}, at::ones({4}), at::ones({4})}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.op);
    ExpectSame(Call(c.op, Meta(c.arguments)), Call(c.op, c.arguments));
  }
}

}  // namespace
}  // namespace strata::torchscript
