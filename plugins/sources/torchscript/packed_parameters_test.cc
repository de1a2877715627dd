#include "plugins/sources/libtorch/packed_parameters.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "plugins/sources/torchscript/torchscript.h"
#include "tests/testing.h"

namespace strata::torchscript {
namespace {

using ::testing::ElementsAre;

absl::StatusOr<std::unique_ptr<Model>> OpenSmall(const std::string& name) {
  OpenOptions options;
  options.device = "cpu";
  return TorchScriptSource().Open(
      DataPath(absl::StrCat("tests/models/small/", name)), options);
}

TEST(PackedParameters, OfConvolutionsAndLinearLayers) {
  ASSERT_OK_AND_ASSIGN(auto model, OpenSmall("quantized_conv.pt"));
  std::vector<std::string> found;
  for (const Module& module : model->modules().modules) {
    EXPECT_TRUE(module.parameters_known);
    for (const ParameterInfo& info : module.parameters) {
      EXPECT_FALSE(info.trainable);
      found.push_back(absl::StrCat(module.path, ".", info.name, " ",
                                   ShapeText(info.tensor.shape), " ",
                                   DTypeName(info.tensor.dtype)));
    }
  }
  EXPECT_THAT(found,
              ElementsAre("conv.weight 8x3x3x3 qint8", "conv.bias 8 float32",
                          "depthwise.weight 8x1x3x3 qint8",
                          "head._packed_params.weight 4x128 qint8",
                          "head._packed_params.bias 4 float32"));
}

TEST(PackedParameters, OfRecurrentLayersWithAStorageEach) {
  ASSERT_OK_AND_ASSIGN(auto model, OpenSmall("quantized_lstm.pt"));
  std::set<uint64_t> storages;
  std::vector<std::string> found;
  for (const Module& module : model->modules().modules) {
    for (const ParameterInfo& info : module.parameters) {
      storages.insert(info.tensor.storage);
      EXPECT_EQ(info.tensor.storage_offset, 0);
      EXPECT_EQ(info.tensor.storage_bytes, info.tensor.NumBytes());
      found.push_back(absl::StrCat(info.name, " ", ShapeText(info.tensor.shape),
                                   " ", DTypeName(info.tensor.dtype)));
    }
  }
  EXPECT_THAT(found, ElementsAre("weight_ih 28x5 qint8", "weight_hh 28x7 qint8",
                                 "bias_ih 28 float32", "bias_hh 28 float32"));
  EXPECT_EQ(storages.size(), 4u);
}

}  // namespace
}  // namespace strata::torchscript
