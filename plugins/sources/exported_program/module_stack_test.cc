#include "plugins/sources/exported_program/module_stack.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace strata::exported_program {
namespace {

TEST(ModuleStackTest, SplitsFramesAndFields) {
  const std::vector<FrameText> stack = ParseModuleStack(
      "L__self__,,models.CNN;L__self__conv1@2,a.conv1,torch.nn.Conv2d");
  ASSERT_EQ(stack.size(), 2);
  EXPECT_EQ(stack[0].key, "L__self__");
  EXPECT_EQ(stack[0].path, "");
  EXPECT_EQ(stack[0].type, "models.CNN");
  EXPECT_EQ(stack[1].key, "L__self__conv1@2");
  EXPECT_EQ(stack[1].path, "a.conv1");
  EXPECT_EQ(stack[1].type, "torch.nn.Conv2d");
}

TEST(ModuleStackTest, NamesMayHoldWhatSeparates) {
  const std::vector<FrameText> stack =
      ParseModuleStack("k,x[0,1],A;k2[a;b],odd;name,B;k3,a,b,C");
  ASSERT_EQ(stack.size(), 3);
  EXPECT_EQ(stack[0].path, "x[0,1]");
  EXPECT_EQ(stack[1].key, "k2[a;b]");
  EXPECT_EQ(stack[1].path, "odd;name");
  EXPECT_EQ(stack[2].path, "a,b");
}

TEST(ModuleStackTest, NodesThatNoModuleCalledHaveNone) {
  const std::string nobody = "_empty_nn_module_stack_from_metadata_hook";
  EXPECT_TRUE(ParseModuleStack("").empty());
  EXPECT_TRUE(ParseModuleStack(nobody + "," + nobody + "," + nobody).empty());
  EXPECT_TRUE(ParseModuleStack("a,b").empty());
}

}  // namespace
}  // namespace strata::exported_program
