#include "formatters/common/message_json.h"

#include <cstdint>
#include <limits>
#include <string>

#include "google/protobuf/struct.pb.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"

namespace strata::formatters::json {
namespace {

std::string Text(const google::protobuf::Message& message) {
  std::string text;
  AppendMessage(message, text);
  return text;
}

// Kinds of values that Summary does not have yet.
TEST(MessageJsonTest, RealNumbersAndBytes) {
  google::protobuf::DoubleValue real;
  real.set_value(0.1);
  EXPECT_EQ(Text(real), R"({"value": 0.1})");
  real.set_value(std::numeric_limits<double>::infinity());
  EXPECT_EQ(Text(real), R"({"value": "Infinity"})");
  real.set_value(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(Text(real), R"({"value": "NaN"})");
  google::protobuf::BytesValue bytes;
  bytes.set_value("\xff\x01");
  EXPECT_EQ(Text(bytes), R"({"value": "/wE="})");
  google::protobuf::UInt64Value count;
  count.set_value(std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(Text(count), R"({"value": 18446744073709551615})");
}

// A map whose values are messages; a oneof, of which one stands; an enum.
TEST(MessageJsonTest, MapsOfMessages) {
  google::protobuf::Struct fields;
  (*fields.mutable_fields())["b"].set_bool_value(true);
  (*fields.mutable_fields())["a \"x\""].set_null_value(
      google::protobuf::NULL_VALUE);
  EXPECT_EQ(Text(fields),
            R"({"fields": {"a \"x\"": {"null_value": "NULL_VALUE"}, )"
            R"("b": {"bool_value": true}}})");
}

}  // namespace
}  // namespace strata::formatters::json
