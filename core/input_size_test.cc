#include "core/input_size.h"

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/error.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

// The specs as canonical text.
std::string TextOf(const std::vector<InputSpec>& specs) {
  return absl::StrJoin(specs, " ", [](std::string* out, const InputSpec& spec) {
    absl::StrAppend(out, ShapeText(spec.shape), ":", DTypeName(spec.dtype));
  });
}

struct Good {
  const char* text;
  const char* specs;
};

TEST(InputSizeTest, GoodForms) {
  const Good rows[] = {
      {"1x3x224x224", "1x3x224x224:float32"},
      {"5", "5:float32"},
      {"()", "():float32"},
      {"():int64", "():int64"},
      {"1x10:int64", "1x10:int64"},
      {"1x10:long", "1x10:int64"},
      {"2:bool", "2:bool"},
      {"1x3:bfloat16,2x5:int64", "1x3:bfloat16 2x5:int64"},
      {"1,(),2:half", "1:float32 ():float32 2:float16"},
      {" 1x3 , 2x5 ", "1x3:float32 2x5:float32"},
      {"1x3 : int64", "1x3:int64"},
      {"0x3", "0x3:float32"},
      {"007", "7:float32"},
      {"1x1x1x1x1x1x1x2", "1x1x1x1x1x1x1x2:float32"},
      {"9223372036854775807:int8", "9223372036854775807:int8"},
      {"9223372036854775807x9223372036854775807x0",
       "9223372036854775807x9223372036854775807x0:float32"},
  };
  for (const Good& row : rows) {
    SCOPED_TRACE(row.text);
    const auto specs = ParseInputSizes(row.text);
    ASSERT_THAT(specs, IsOk());
    EXPECT_EQ(TextOf(*specs), row.specs);
  }
}

TEST(InputSizeTest, ShapeTextIsTheFormItTakes) {
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{1, 3, 224, 224}}) {
    ASSERT_OK_AND_ASSIGN(const auto specs, ParseInputSizes(ShapeText(shape)));
    ASSERT_EQ(specs.size(), 1u);
    EXPECT_EQ(specs[0].shape, shape);
  }
}

struct Bad {
  const char* text;
  const char* error;
  const char* hint;
};

TEST(InputSizeTest, BadForms) {
  const char* const form = "write sizes joined by x";
  const Bad rows[] = {
      {",", "'' has no sizes", form},
      {"1x2, ", "'' has no sizes", form},
      {"1x3,", "'' has no sizes", form},
      {",1x3", "'' has no sizes", form},
      {":int64", "':int64' has no sizes", form},
      {"1x", "'1x' has '' where a whole number", form},
      {"x3", "'x3' has '' where a whole number", form},
      {"1xx3", "'1xx3' has '' where a whole number", form},
      {"-1x3", "has '-1' where a whole number", form},
      {"+1x3", "has '+1' where a whole number", form},
      {"1.5", "has '1.5' where a whole number", form},
      {"1X3", "has '1X3' where a whole number", form},
      {"1 x 3", "has '1 ' where a whole number", form},
      {"1*3", "has '1*3' where a whole number", form},
      {"[1,3]", "'[1' has '[1' where a whole number", form},
      {"(1,3)", "'(1' has '(1' where a whole number", form},
      {"()x3", "has '()' where a whole number", form},
      {"batchx3", "has 'batch' where a whole number", form},
      {"1x3,2xy", "'2xy' has 'y' where a whole number", form},
      {"9223372036854775808", "size past 64 bits: 9223372036854775808", form},
      {"9223372036854775807x2:int8", "more bytes than 64 bits", form},
      {"9223372036854775807", "more bytes than 64 bits", form},
      {"1x3:", "no dtype ''", "there are: float32"},
      {"1x3:float23", "no dtype 'float23'", "did you mean 'float32'?"},
      {"1x3:torch.float32", "no dtype 'torch.float32'", "float32"},
      {"1x3:unknown", "no dtype 'unknown'", "float32"},
      {"1x3:int64:int64", "no dtype 'int64:int64'", "float32"},
  };
  for (const Bad& row : rows) {
    SCOPED_TRACE(row.text);
    const auto specs = ParseInputSizes(row.text);
    EXPECT_THAT(specs, IsError(absl::StatusCode::kInvalidArgument, row.error));
    EXPECT_THAT(specs, IsError(absl::StatusCode::kInvalidArgument,
                               "--input_size does not parse: "));
    EXPECT_THAT(ErrorHint(specs.status()), testing::HasSubstr(row.hint));
  }
}

TEST(InputSizeTest, NothingIsNoInput) {
  for (const char* text : {"", " "}) {
    ASSERT_OK_AND_ASSIGN(const auto specs, ParseInputSizes(text));
    EXPECT_TRUE(specs.empty());
  }
}

}  // namespace
}  // namespace strata
