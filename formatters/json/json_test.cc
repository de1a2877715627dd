#include "formatters/json/json.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/plugin.h"
#include "core/summary.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

extern "C" const strata::PluginEntry* strata_plugin_json();

namespace strata::formatters {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kNoDouble = (int64_t{1} << 53) + 1;  // Not as a double.

std::string Json(const Summary& summary, const FormatOptions& options = {}) {
  StringSink sink;
  EXPECT_THAT(JsonFormatter().Format(summary, options, sink), IsOk());
  return sink.text();
}

void AddFigures(Summary& summary) {
  for (const char* key :
       {"zebra", "activation_bytes", "buffer_bytes", "param_bytes",
        "input_bytes", "macs", "non_trainable_params", "trainable_params",
        "params", "ant"}) {
    (*summary.mutable_totals())[key] = kNoDouble;
  }
  Layer& layer = *summary.mutable_layers(1);
  (*layer.mutable_metrics())["params"].set_self(0);
  (*layer.mutable_metrics())["params"].set_total(kMax);
  (*layer.mutable_metrics())["macs"].set_total(kMin);
  (*layer.mutable_metrics())["unknown"];
  (*layer.mutable_attributes())["kernel_size"] = "[3, 3]";
}

// Something in every field.
Summary Full() {
  Summary summary;
  summary.mutable_model()->set_name("Net");
  summary.mutable_model()->set_source("torchscript");
  summary.mutable_run()->set_device("cpu");
  summary.mutable_run()->add_inputs()->add_shape(2);
  summary.add_columns()->set_id("params");
  Edge& edge = *summary.add_edges();
  edge.set_to(1);
  edge.add_tensors()->add_shape(2);
  edge.add_operators("add");
  edge.set_output(true);
  summary.set_edges_incomplete(true);
  Layer& root = *summary.add_layers();
  root.set_parent(-1);
  root.set_type("Net");
  Layer& layer = *summary.add_layers();
  layer.set_id(1);
  layer.set_name("conv1");
  layer.add_flags("shared");
  Call& call = *layer.add_calls();
  call.add_inputs()->set_dtype("float32");
  call.mutable_inputs(0)->add_shape(0);
  call.add_outputs()->add_shape(kMax);
  layer.add_parameters()->set_trainable(true);
  layer.add_buffers()->set_name("running_mean");
  AddFigures(summary);
  summary.add_warnings("careful");
  return summary;
}

Summary FromJson(const std::string& json) {
  Summary summary;
  const auto status =
      google::protobuf::util::JsonStringToMessage(json, &summary);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return summary;
}

TEST(JsonTest, LooksLikeThis) {
  Summary summary;
  summary.mutable_model()->set_name("Net");
  summary.add_layers()->set_parent(-1);
  (*summary.mutable_layers(0)->mutable_metrics())["params"].set_total(7);
  summary.add_warnings("a");
  summary.add_warnings("b");
  EXPECT_EQ(Json(summary),
            R"({
  "format_version": 0,
  "model": {"name": "Net", "source": "", "file": ""},
  "columns": [],
  "layers": [
    {"id": 0, "parent": -1, "depth": 0, "path": "", "name": "", "type": "", "full_type": "", "flags": [], "calls": [], "parameters": [], "buffers": [], "attributes": {}, "metrics": {"params": {"total": 7}}, "shared_with": []}
  ],
  "totals": {},
  "warnings": [
    "a",
    "b"
  ],
  "edges": []
}
)");
}

TEST(JsonTest, ProtobufReadsTheSameSummary) {
  for (const Summary& summary : {Full(), Summary()}) {
    const Summary read = FromJson(Json(summary));
    EXPECT_TRUE(
        google::protobuf::util::MessageDifferencer::Equals(read, summary))
        << read.DebugString();
  }
}

TEST(JsonTest, IntegersAreExactNumbers) {
  const auto json = nlohmann::json::parse(Json(Full()));
  EXPECT_EQ(json["totals"]["params"].get<int64_t>(), kNoDouble);
  const auto& layer = json["layers"][1];
  EXPECT_TRUE(layer["metrics"]["params"]["total"].is_number_integer());
  EXPECT_EQ(layer["metrics"]["params"]["total"].get<int64_t>(), kMax);
  EXPECT_EQ(layer["metrics"]["macs"]["total"].get<int64_t>(), kMin);
  EXPECT_EQ(layer["calls"][0]["outputs"][0]["shape"][0].get<int64_t>(), kMax);
}

TEST(JsonTest, UnknownIsAbsentAndZeroIsNot) {
  const auto json = nlohmann::json::parse(Json(Full()));
  const auto& metrics = json["layers"][1]["metrics"];
  EXPECT_EQ(metrics["params"]["self"], 0);
  EXPECT_FALSE(metrics["macs"].contains("self"));
  EXPECT_EQ(metrics["unknown"], nlohmann::json::object());
  EXPECT_TRUE(json.contains("run"));
  EXPECT_FALSE(nlohmann::json::parse(Json(Summary())).contains("run"));
  EXPECT_FALSE(nlohmann::json::parse(Json(Summary())).contains("model"));
  EXPECT_EQ(json["layers"][0]["calls"], nlohmann::json::array());
}

TEST(JsonTest, TotalsStandInTheOrderOfTheContract) {
  const auto json = nlohmann::ordered_json::parse(Json(Full()));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json["totals"].items()) keys.push_back(key);
  EXPECT_THAT(keys, testing::ElementsAre(
                        "params", "trainable_params", "non_trainable_params",
                        "macs", "input_bytes", "param_bytes", "buffer_bytes",
                        "activation_bytes", "ant", "zebra"));
}

TEST(JsonTest, HostileNamesAreEscaped) {
  const std::vector<std::string> names = {"\"",
                                          "\\",
                                          "</script>",
                                          "\x1b[31m\n\x7f",
                                          std::string("\0", 1),
                                          "层🔥",
                                          "\xe2\x80\xa8",
                                          "\", \"x\": \""};
  for (const std::string& name : names) {
    Summary summary;
    Layer& layer = *summary.add_layers();
    layer.set_name(name);
    (*layer.mutable_attributes())[name] = name;
    const std::string text = Json(summary);
    const auto json = nlohmann::json::parse(text);
    EXPECT_EQ(json["layers"][0]["name"], name);
    EXPECT_EQ(json["layers"][0]["attributes"][name], name);
    // "{", six keys, the layer, what closes the layers, and "}".
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
    EXPECT_EQ(FromJson(text).layers(0).name(), name);
  }
}

TEST(JsonTest, WhatIsNotUtf8IsReplaced) {
  Summary summary;
  summary.add_layers()->set_name("a\xff\xc3");
  summary.add_warnings("\xed\xa0\x80");
  const auto json = nlohmann::json::parse(Json(summary));
  EXPECT_EQ(json["layers"][0]["name"], "a\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(JsonTest, OptionsChangeNothing) {
  FormatOptions options;
  options.depth = 0;
  options.columns = {"no such column"};
  options.fold = options.color = true;
  options.unicode = false;
  options.width = 10;
  EXPECT_EQ(Json(Full(), options), Json(Full()));
}

TEST(JsonTest, IsAPlugin) {
  ASSERT_OK_AND_ASSIGN(auto formatter,
                       strata_plugin_json()->make_formatter({}));
  StringSink sink;
  EXPECT_THAT(formatter->Format(Full(), {}, sink), IsOk());
  EXPECT_EQ(sink.text(), Json(Full()));
}

}  // namespace
}  // namespace strata::formatters
