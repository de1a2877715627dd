#include "formatters/netron/netron.h"

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "formatters/graph_view/test_graphs.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/testing.h"

namespace strata::formatters {
namespace {

using nlohmann::json;

json Netron(const Summary& summary) {
  StringSink sink;
  EXPECT_THAT(NetronFormatter().Format(summary, FormatOptions(), sink), IsOk());
  return json::parse(sink.text());
}

// What Netron 9.3.3 keeps of an attachment, by its own keys: source/view.js,
// metadata.Attachment.open and metadata.Attachment.Container.open. Entries
// without a kind or a target are passed over there, and are errors here.
using Entries = std::map<std::string, std::map<std::string, json>>;

Entries Open(const json& file, const std::string& container) {
  Entries entries;
  if (file.at("signature") != "netron:attachment") return entries;
  for (const json& item : file.at(container)) {
    const std::string key =
        absl::StrCat(item.at("kind").get<std::string>(),
                     "::", item.at("target").get<std::string>());
    EXPECT_TRUE(entries[key].emplace(item.at("name"), item.at("value")).second);
    EXPECT_EQ(item.size(), 4u);
  }
  return entries;
}

TEST(NetronTest, FiguresOfTheModelAndOfItsModules) {
  Summary summary = graph::Residual();
  (*summary.mutable_totals())["params"] = INT64_MAX;
  Entries metrics = Open(Netron(summary), "metrics");
  EXPECT_EQ(metrics["model::"]["params"], INT64_MAX);
  EXPECT_EQ(metrics["node::blocks.0"]["Params"], 30);
  EXPECT_EQ(metrics["node::blocks.0.conv"]["Params"], 10);
  EXPECT_EQ(metrics.size(), 10u);  // The model, and all but the root.
}

TEST(NetronTest, WhatIsNotKnownIsNotThere) {
  Summary summary = graph::Residual();
  summary.mutable_layers(1)->clear_metrics();
  (*summary.mutable_layers(2)->mutable_metrics())["params"].clear_total();
  Entries metrics = Open(Netron(summary), "metrics");
  EXPECT_EQ(metrics.count("node::blocks"), 0u);
  EXPECT_EQ(metrics.count("node::blocks.0"), 0u);
  EXPECT_EQ(metrics.count("node::head"), 1u);
}

TEST(NetronTest, ClassAndShapesAreMetadata) {
  Summary summary = graph::Residual();
  summary.mutable_layers(8)->set_full_type("mine.Head");
  Entries metadata = Open(Netron(summary), "metadata");
  EXPECT_EQ(metadata["node::head"]["class"], "mine.Head");
  EXPECT_EQ(metadata["node::head"]["output_size"], "[2]");
  EXPECT_EQ(metadata["node::head"].count("flags"), 0u);
  EXPECT_EQ(metadata["node::idle"]["flags"], "not_executed");
}

TEST(NetronTest, HostileNames) {
  for (const std::string& name : graph::HostileNames()) {
    SCOPED_TRACE(name.substr(0, 40));
    EXPECT_FALSE(Open(Netron(graph::Hostile(name)), "metrics").empty());
  }
}

}  // namespace
}  // namespace strata::formatters
