#include "core/plugin_host.h"

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "core/plugin.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

extern "C" const strata::PluginEntry* strata_plugin_params();

namespace strata {
namespace {

class RaisingMetric : public Metric {
 public:
  RaisingMetric() { throw std::runtime_error("no luck"); }
  std::vector<MetricColumn> columns() const override { return {}; }
  MetricNeeds needs() const override { return MetricNeeds::kStructure; }
  absl::Status Collect(const ModuleTree&, MetricResults&) override {
    return absl::OkStatus();
  }
};

}  // namespace
}  // namespace strata

STRATA_METRIC_PLUGIN(raising, "cannot be made", strata::RaisingMetric);

namespace strata {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using State = FoundPlugin::State;

// A folder with copies of one plugin under these names; its path.
std::string FolderOf(const std::string& folder,
                     const std::vector<std::string>& names) {
  const fs::path path = fs::path(testing::TempDir()) / folder;
  fs::create_directories(path);
  fs::permissions(path, fs::perms(0755));
  const std::string plugin =
      ReadWholeFile(DataPath("plugins/metrics/params/params.so"));
  for (const std::string& name : names) {
    fs::permissions(WriteTempFile(absl::StrCat(folder, "/", name), plugin),
                    fs::perms(0644));
  }
  return path;
}

std::vector<std::string> Files(const PluginHost& host) {
  std::vector<std::string> files;
  for (const FoundPlugin& plugin : host.plugins()) files.push_back(plugin.file);
  return files;
}

TEST(PluginHostTest, FindsAndLoads) {
  PluginHost host({FolderOf("one", {"params.so"})});
  ASSERT_EQ(host.plugins().size(), 1u);
  EXPECT_EQ(host.plugins()[0].state, State::kUsable);
  EXPECT_EQ(host.plugins()[0].reason, "");
  EXPECT_EQ(host.plugins()[0].descriptor.name, "params");
  EXPECT_EQ(host.plugins()[0].entry, nullptr) << "loaded before it was asked";
  EXPECT_THAT(host.Names("metric"), ElementsAre("params"));
  EXPECT_THAT(host.Names("formatter"), IsEmpty());

  ASSERT_OK_AND_ASSIGN(const auto metric, host.MakeMetric("params"));
  EXPECT_EQ(metric->columns()[0].id, "params");
  EXPECT_NE(host.plugins()[0].entry, nullptr);
  ASSERT_OK_AND_ASSIGN(const auto another, host.MakeMetric("params"));
  EXPECT_NE(metric, another);
}

TEST(PluginHostTest, OfOneNameTheFirstFolderWins) {
  const std::string first = FolderOf("first", {"z.so"});
  const std::string second = FolderOf("second", {"b.so", "a.so"});
  const PluginHost host({first, "/no/such/folder", second});
  EXPECT_THAT(Files(host),
              ElementsAre(first + "/z.so", second + "/a.so", second + "/b.so"));
  EXPECT_EQ(host.plugins()[0].state, State::kUsable);
  for (int i : {1, 2}) {
    EXPECT_EQ(host.plugins()[i].state, State::kShadowed);
    EXPECT_EQ(host.plugins()[i].reason, "shadowed by " + first + "/z.so");
  }
  EXPECT_THAT(host.Names("metric"), ElementsAre("params"));
}

TEST(PluginHostTest, LooksAtLibrariesAlone) {
  const std::string folder =
      FolderOf("mixed", {"params.so", "params.so.1", "params.txt", "so"});
  EXPECT_THAT(Files(PluginHost({folder})), ElementsAre(folder + "/params.so"));
}

TEST(PluginHostTest, FoldersThatDoNotExistArePassedOver) {
  const std::string file = FolderOf("a_file", {"params.so"}) + "/params.so";
  EXPECT_THAT(PluginHost({"/no/such/folder", file}).plugins(), IsEmpty());
}

// A relative name would mean another folder wherever one stands.
TEST(PluginHostTest, RelativeFoldersAreRefused) {
  for (const char* folder : {"plugins", "./plugins", ".", "~/plugins"}) {
    const PluginHost host(std::vector<std::string>{folder});
    ASSERT_EQ(host.plugins().size(), 1u);
    EXPECT_EQ(host.plugins()[0].file, folder);
    EXPECT_EQ(host.plugins()[0].state, State::kRefused);
    EXPECT_THAT(host.plugins()[0].reason, HasSubstr("absolute folders only"));
  }
}

TEST(PluginHostTest, StaticComesFirst) {
  const std::string folder = FolderOf("shadowed", {"params.so"});
  PluginHost host({folder});
  host.AddStatic(strata_plugin_params());
  ASSERT_EQ(host.plugins().size(), 2u);
  EXPECT_EQ(host.plugins()[0].file, "");
  EXPECT_EQ(host.plugins()[0].state, State::kUsable);
  EXPECT_EQ(host.plugins()[1].file, folder + "/params.so");
  EXPECT_EQ(host.plugins()[1].state, State::kShadowed);
  EXPECT_EQ(host.plugins()[1].reason, "shadowed by a linked-in plugin");
  EXPECT_THAT(host.MakeMetric("params"), IsOk());
  EXPECT_EQ(host.plugins()[1].entry, nullptr);
}

TEST(PluginHostTest, NoSuchPlugin) {
  PluginHost host;
  EXPECT_THAT(host.MakeMetric("params"),
              IsError(absl::StatusCode::kNotFound, "no metric 'params'"));
  host.AddStatic(strata_plugin_params());
  const auto metric = host.MakeMetric("parms");
  EXPECT_THAT(metric,
              IsError(absl::StatusCode::kNotFound, "no metric 'parms'"));
  EXPECT_EQ(ErrorHint(metric.status()),
            "did you mean 'params'? there are: params");
  EXPECT_THAT(host.MakeFormatter("params"),
              IsError(absl::StatusCode::kNotFound, "no formatter 'params'"));
  EXPECT_THAT(host.MakeSource("params"),
              IsError(absl::StatusCode::kNotFound, "no source 'params'"));
}

TEST(PluginHostTest, AConstructorThatRaises) {
  PluginHost host;
  host.AddStatic(strata_plugin_raising());
  EXPECT_THAT(host.MakeMetric("raising"),
              IsError(absl::StatusCode::kInternal,
                      "metric 'raising': its constructor raised: no luck"));
}

TEST(PluginHostTest, AStaticPluginWithABadDescriptor) {
  PluginEntry entry;
  entry.descriptor = "kind=metric";
  PluginHost host;
  host.AddStatic(&entry);
  EXPECT_EQ(host.plugins()[0].state, State::kRefused);
  EXPECT_THAT(host.plugins()[0].reason, HasSubstr("name is ''"));
}

}  // namespace
}  // namespace strata
