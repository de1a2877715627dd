#include "core/layer_match.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

struct Case {
  std::string regex;
  std::string path;
  std::string type;
  bool found;
};

TEST(LayerMatchTest, LooksAtThePathAndTheClass) {
  for (const Case& c : {
           Case{"conv", "layer1.conv1", "T", true},
           Case{"^conv", "layer1.conv1", "T", false},
           Case{"^layer1\\.conv1$", "layer1.conv1", "T", true},
           Case{"^Conv2d$", "layer1.conv1", "Conv2d", true},
           Case{"^Conv2d$", "layer1.conv1", "Conv2dX", false},
           Case{"(?i)CONV2D", "a", "Conv2d", true},
           Case{"层", "层1", "T", true},
           Case{"\\d+$", "layers.12", "T", true},
           Case{"", "anything", "T", true},
           // A match does not go from the one into the other.
           Case{"aT", "a", "T", false},
       }) {
    ASSERT_OK_AND_ASSIGN(const LayerMatch match, LayerMatch::Make(c.regex));
    Layer layer;
    layer.set_path(c.path);
    layer.set_type(c.type);
    EXPECT_EQ(match.Finds(layer), c.found) << c.regex;
  }
}

TEST(LayerMatchTest, SaysWhatIsWrong) {
  for (const char* regex : {"(", "a**", "[a", "\\1", "(?=x)", "a{2000}",
                            "((a{100}){100}){100}", "\xff"}) {
    EXPECT_THAT(LayerMatch::Make(regex),
                IsError(absl::StatusCode::kInvalidArgument,
                        "is no regular expression: "))
        << regex;
  }
}

// What takes other libraries time exponential in the text.
TEST(LayerMatchTest, TakesLinearTime) {
  ASSERT_OK_AND_ASSIGN(const LayerMatch match, LayerMatch::Make("^(a+)+b$"));
  Layer layer;
  layer.set_path(std::string(1 << 20, 'a'));
  EXPECT_FALSE(match.Finds(layer));
}

}  // namespace
}  // namespace strata
