#include "plugins/sources/torchscript/chain_code.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace strata::torchscript {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kHead[] = R"(class Sequential(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  _is_full_backward_hook : NoneType
  __annotations__["0"] = __torch__.torch.nn.modules.linear.Linear
  __annotations__["1"] = __torch__.torch.nn.modules.activation.ReLU
  __annotations__["last"] = __torch__.torch.nn.modules.linear.Linear
  def forward(self: __torch__.torch.nn.modules.container.Sequential,
    input: Tensor) -> Tensor:
)";

constexpr char kScripted[] = R"(    _0 = getattr(self, "0")
    _1 = getattr(self, "1")
    last = self.last
    input0 = (_0).forward(input, )
    input1 = (_1).forward(input0, )
    return (last).forward(input1, )
  def __len__(self: __torch__.torch.nn.modules.container.Sequential) -> int:
    return 3
)";

// One that a trace wrote: calls inside of calls, and one module not called.
constexpr char kTraced[] = R"(    last = self.last
    _0 = getattr(self, "0")
    _2 = (last).forward((_0).forward(input, ), )
    return _2
)";

TEST(ChainCodeTest, AScriptedSequential) {
  std::string source = absl::StrCat(kHead, kScripted);
  const std::vector<ChainClass> chains = ShortenChains(source, 3);
  ASSERT_THAT(chains, SizeIs(1));
  EXPECT_EQ(chains[0].name, "Sequential");
  EXPECT_THAT(chains[0].modules, ElementsAre("0", "1", "last"));
  EXPECT_THAT(chains[0].calls, ElementsAre(0, 1, 2));
  EXPECT_THAT(source, HasSubstr(R"(
  _strata_chain : Dict[str, Any]
  _strata_calls : List[int]
  def forward(self: __torch__.torch.nn.modules.container.Sequential,
    input: Tensor) -> Tensor:
    return ops.strata.run_chain(self, input)
  def __len__(self: __torch__.torch.nn.modules.container.Sequential) -> int:
    return 3
)"));
  EXPECT_THAT(source, Not(HasSubstr("__annotations__")));
}

TEST(ChainCodeTest, ATracedOneCallsInsideOut) {
  std::string source = absl::StrCat(kHead, kTraced);
  const std::vector<ChainClass> chains = ShortenChains(source, 3);
  ASSERT_THAT(chains, SizeIs(1));
  EXPECT_THAT(chains[0].modules, ElementsAre("0", "1", "last"));
  EXPECT_THAT(chains[0].calls, ElementsAre(0, 2));
}

TEST(ChainCodeTest, AModuleThatIsCalledTwice) {
  std::string source = absl::StrCat(
      kHead,
      absl::StrReplaceAll(kScripted, {{"(_1).forward", "(_0).forward"}}));
  const std::vector<ChainClass> chains = ShortenChains(source, 3);
  ASSERT_THAT(chains, SizeIs(1));
  EXPECT_THAT(chains[0].calls, ElementsAre(0, 0, 2));
}

TEST(ChainCodeTest, OtherClassesStayAsTheyAre) {
  const std::string other = "class A(Module):\n  x : int\n";
  std::string source = absl::StrCat(other, kHead, kScripted, other);
  EXPECT_THAT(ShortenChains(source, 3), SizeIs(1));
  EXPECT_EQ(source.find(other), 0);
  EXPECT_NE(source.rfind(other), 0);
}

TEST(ChainCodeTest, ShortOnesAreLeftToLibTorch) {
  const std::string whole = absl::StrCat(kHead, kScripted);
  std::string source = whole;
  EXPECT_THAT(ShortenChains(source, 4), IsEmpty());
  EXPECT_EQ(source, whole);
}

struct Change {
  const char* what;
  const char* from;
  const char* to;
};

// Whatever else a forward does, LibTorch compiles it.
TEST(ChainCodeTest, WhatIsNoChain) {
  for (const Change& change : {
           Change{"an operator", "(_1).forward(input0, )",
                  "torch.relu(input0)"},
           Change{"a value that skips a module", "(last).forward(input1, )",
                  "(last).forward(input0, )"},
           Change{"two inputs", "    input: Tensor) -> Tensor:",
                  "    input: Tensor,\n    y: Tensor) -> Tensor:"},
           Change{"two arguments", "(_1).forward(input0, )",
                  "(_1).forward(input0, input, )"},
           Change{"another method", "(_1).forward(", "(_1).forward1("},
           Change{"a list out", "-> Tensor:", "-> List[Tensor]:"},
           Change{"a parameter", "  training : bool",
                  "  training : bool\n  weight : Tensor"},
           Change{"an unknown module", "getattr(self, \"1\")",
                  "getattr(self, \"7\")"},
           Change{"an unknown variable", "(_1).forward(input0, )",
                  "(_9).forward(input0, )"},
           Change{"no return", "    return (last)", "    out = (last)"},
           Change{"another value returned", "return (last).forward(input1, )",
                  "return input0"},
           Change{"a name twice", "__annotations__[\"1\"]",
                  "__annotations__[\"0\"]"},
           Change{"a name in quotes", "__annotations__[\"1\"]",
                  "__annotations__[\"1\\\"\"]"},
           Change{"no module class", "(Module):", "(NamedTuple):"},
           Change{"a helper", "def __len__(self", "def helper(self"},
           Change{"a loop", "    input0 = (_0).forward(input, )",
                  "    for i in range(3):\n      pass"},
       }) {
    const std::string whole = absl::StrReplaceAll(
        absl::StrCat(kHead, kScripted), {{change.from, change.to}});
    ASSERT_NE(whole, absl::StrCat(kHead, kScripted)) << change.what;
    std::string source = whole;
    EXPECT_THAT(ShortenChains(source, 3), IsEmpty()) << change.what;
    EXPECT_EQ(source, whole) << change.what;
  }
}

}  // namespace
}  // namespace strata::torchscript
