#include "plugins/sources/libtorch/place_text.h"

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::libtorch {
namespace {

Module ModuleAt(const std::string& path, const std::string& type) {
  Module module;
  module.path = path;
  module.type = type;
  return module;
}

TEST(PlaceText, NamesTheModuleAndWhatItWasGiven) {
  const Module root = ModuleAt("", "Net");
  const Module layer = ModuleAt("block.fc", "Linear");
  EXPECT_EQ(PlaceText(root), "in the model itself (Net)");
  EXPECT_EQ(PlaceText(layer), "in 'block.fc' (Linear)");
  EXPECT_EQ(GivenText({Float({2, 8})}), "given [2x8 float32]");
  EXPECT_EQ(PlaceText(root, {}), "in the model itself (Net), given []");
  EXPECT_EQ(PlaceText(layer, {Float({2, 8}), TensorOf(DType::kInt64, {3})}),
            "in 'block.fc' (Linear), given [2x8 float32, 3 int64]");
}

}  // namespace
}  // namespace strata::libtorch
