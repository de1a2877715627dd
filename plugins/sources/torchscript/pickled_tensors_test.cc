#include "plugins/sources/torchscript/pickled_tensors.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata::torchscript {
namespace {

using namespace std::string_literals;  // NOLINT: pickles have zeros in them.

// {"a": …} of a module; `value` is the pickled value.
std::string ModuleWith(const std::string& value) {
  return "\x80\x02"
         "c__torch__\nNet\n)\x81}(X\x01\0\0\0"
         "a"s +
         value + "ub.";
}

// A tensor of 4 floats in storage "7", which has `record` bytes in the file.
const std::string kTensor =
    "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\n"
    "FloatStorage\nX\x01\0\0\0"
    "7X\x03\0\0\0cpuK\x04tQK\0(K\x02K\x02t(K\x02K\x01t"
    "\x88Ntr"s;

absl::Status Check(const std::string& pickle, std::optional<int64_t> record) {
  return CheckPickledTensors(
      pickle, [&](const std::string& key) -> std::optional<int64_t> {
        EXPECT_EQ(key, "7");
        return record;
      });
}

std::string Tensor() {
  std::string tensor = kTensor;
  tensor.back() = 'R';
  return tensor;
}

TEST(CheckPickledTensors, KnowsTheRecordOfAStorage) {
  EXPECT_THAT(Check(ModuleWith(Tensor()), 16), IsOk());
  EXPECT_THAT(Check(ModuleWith(Tensor()), std::nullopt), IsOk());
  EXPECT_THAT(
      Check(ModuleWith(Tensor()), 15),
      IsError(absl::StatusCode::kDataLoss, "the tensor 'a' has a storage"));
}

TEST(CheckPickledTensors, NamesWhatIsInsideOfOthers) {
  const std::string inner = ModuleWith(Tensor());
  // Without the protocol in front and the stop behind.
  const std::string nested = inner.substr(2, inner.size() - 3);
  EXPECT_THAT(Check(ModuleWith(nested), 15),
              IsError(absl::StatusCode::kDataLoss, "the tensor 'a.a' has"));
  EXPECT_THAT(Check(ModuleWith("](" + Tensor() + "e"), 15),
              IsError(absl::StatusCode::kDataLoss, "the tensor 'a' has"));
  EXPECT_THAT(Check(Tensor() + ".", 15),
              IsError(absl::StatusCode::kDataLoss, "a tensor has"));
}

TEST(CheckPickledTensors, SurvivesAnyBytes) {
  const std::string good = ModuleWith(Tensor());
  const RecordSize none = [](const std::string&) { return std::nullopt; };
  for (size_t i = 0; i <= good.size(); ++i) {
    EXPECT_THAT(CheckPickledTensors(good.substr(0, i), none), IsOk());
    for (int byte = 0; byte < 256 && i < good.size(); ++byte) {
      std::string changed = good;
      changed[i] = static_cast<char>(byte);
      CheckPickledTensors(changed, none).IgnoreError();
    }
  }
  // Tuples in tuples, marks without end, and a pile of what is not there.
  for (const char* repeated : {")\x85", "(", "t", "0", "b", "R", "Q", "u"}) {
    std::string pile = ")";
    for (int i = 0; i < 1000000; ++i)
      pile += repeated[i % std::string(repeated).size()];
    EXPECT_THAT(CheckPickledTensors(pile, none), IsOk());
  }
}

}  // namespace
}  // namespace strata::torchscript
