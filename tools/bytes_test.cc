#include "tools/bytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace strata::tools {
namespace {

TEST(BytesTest, NumbersWithUnits) {
  for (const auto& [text, bytes] :
       std::vector<std::pair<std::string, std::optional<int64_t>>>{
           {"0", 0},
           {"4096", 4096},
           {"10B", 10},
           {"2kB", 2000},
           {"2KB", 2000},
           {"3MB", 3000000},
           {"4GB", 4000000000},
           {"5TB", 5000000000000},
           {"2KiB", 2048},
           {"3MiB", 3 << 20},
           {"24GiB", int64_t{24} << 30},
           {"24 gib", int64_t{24} << 30},
           {" 1TiB ", int64_t{1} << 40},
           {"1.5KiB", 1536},
           {".5kB", 500},
           {"0.1B", 0},
           {"9223372036854775807", INT64_MAX},
           {"9223372036854775808", std::nullopt},
           {"8388608TiB", std::nullopt},
           {"99999999999.5TiB", std::nullopt},
           {"", std::nullopt},
           {"GiB", std::nullopt},
           {"24GiBs", std::nullopt},
           {"24G", std::nullopt},
           {"-1GiB", std::nullopt},
           {"+1", std::nullopt},
           {"1e3", std::nullopt},
           {"1,5GiB", std::nullopt},
           {"1.2.3GB", std::nullopt},
           {".", std::nullopt},
           {"inf", std::nullopt},
           {"nan", std::nullopt},
           {"0x10", std::nullopt},
       }) {
    EXPECT_EQ(ParseBytes(text), bytes) << text;
  }
}

}  // namespace
}  // namespace strata::tools
