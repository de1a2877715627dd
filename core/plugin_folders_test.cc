// Where core/plugin_host.h looks for plugins.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "core/plugin_host.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

TEST(PluginFoldersTest, FlagThenEnvironmentThenBesideTheProgram) {
  setenv("STRATA_PLUGIN_PATH", "/c:/d", 1);
  std::vector<std::string> folders = PluginFolders("/a:/b");
  ASSERT_EQ(folders.size(), 6u);
  EXPECT_THAT(std::vector<std::string>(folders.begin(), folders.begin() + 4),
              ElementsAre("/a", "/b", "/c", "/d"));
  EXPECT_TRUE(fs::path(folders[4]).is_absolute());
  EXPECT_EQ(fs::path(folders[4]).filename(), "plugins");
  EXPECT_THAT(folders[5], testing::EndsWith("/lib/strata/plugins"));

  setenv("STRATA_PLUGIN_PATH", "::", 1);
  EXPECT_EQ(PluginFolders("").size(), 2u);
  unsetenv("STRATA_PLUGIN_PATH");
  EXPECT_EQ(PluginFolders(":/a:").size(), 3u);
}

}  // namespace
}  // namespace strata
