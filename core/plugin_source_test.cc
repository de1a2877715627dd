// How core/plugin_host.h chooses the source that reads a file.

#include <zip.h>

#include <memory>
#include <string>

#include "core/plugin.h"
#include "core/plugin_host.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

class OnlySource : public ModelSource {
 public:
  absl::StatusOr<std::unique_ptr<Model>> Open(const std::string&,
                                              const OpenOptions&) override {
    return absl::UnimplementedError("a test's");
  }
};

}  // namespace
}  // namespace strata

STRATA_SOURCE_PLUGIN(only, "archives of this test", strata::OnlySource,
                     "zip:*/only.txt", "");
STRATA_SOURCE_PLUGIN(other, "other archives", strata::OnlySource,
                     "zip:*/other.txt", "");
STRATA_SOURCE_PLUGIN(tells, "shapes of shared archives", strata::OnlySource,
                     "zip:*/shared.txt", STRATA_SHAPES_ONLY("runs"));
STRATA_SOURCE_PLUGIN(runs, "shared archives, run", strata::OnlySource,
                     "zip:*/shared.txt", STRATA_COMPUTING);

namespace strata {
namespace {

// A zip archive with one member; its path.
std::string ZipOf(const std::string& name, const std::string& member) {
  const std::string path = testing::TempDir() + "/" + name;
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  EXPECT_NE(zip, nullptr);
  zip_source_t* source = zip_source_buffer(zip, "content", 7, 0);
  EXPECT_GE(zip_file_add(zip, member.c_str(), source, 0), 0);
  EXPECT_EQ(zip_close(zip), 0);
  return path;
}

TEST(PluginSourceTest, ChosenByTheContentAndNotByTheName) {
  PluginHost host;
  host.AddStatic(strata_plugin_only());
  host.AddStatic(strata_plugin_other());
  struct {
    const char* file;
    const char* member;
    const char* source;
  } const rows[] = {{"other.pt", "m/only.txt", "only"},
                    {"only.onnx", "m/other.txt", "other"}};
  for (const auto& row : rows) {
    ASSERT_OK_AND_ASSIGN(const std::string source,
                         host.SourceFor(ZipOf(row.file, row.member)));
    EXPECT_EQ(source, row.source);
    EXPECT_THAT(host.MakeSource(source), IsOk());
  }
}

TEST(PluginSourceTest, ChosenByTheDevice) {
  const std::string file = ZipOf("shared.pt", "m/shared.txt");
  struct {
    const char* device;
    const char* source;
  } const rows[] = {
      {"", "tells"}, {"shape", "tells"}, {"cpu", "runs"}, {"cuda:1", "runs"}};
  PluginHost host;
  host.AddStatic(strata_plugin_runs());
  host.AddStatic(strata_plugin_tells());
  for (const auto& row : rows) {
    ASSERT_OK_AND_ASSIGN(const std::string source,
                         host.SourceFor(file, row.device));
    EXPECT_EQ(source, row.source) << row.device;
  }
  // One that says nothing of devices is for all.
  host.AddStatic(strata_plugin_only());
  ASSERT_OK_AND_ASSIGN(const std::string source,
                       host.SourceFor(ZipOf("all.pt", "m/only.txt"), "cpu"));
  EXPECT_EQ(source, "only");
}

TEST(PluginSourceTest, TheErrorNamesTheSourceThatIsMissing) {
  const std::string file = ZipOf("shared.pt", "m/shared.txt");
  PluginHost shapes;
  shapes.AddStatic(strata_plugin_tells());
  EXPECT_THAT(shapes.SourceFor(file, "cpu"),
              IsError(absl::StatusCode::kUnimplemented,
                      "'runs', for the device 'cpu', is not there"));
  PluginHost computing;
  computing.AddStatic(strata_plugin_runs());
  EXPECT_THAT(computing.SourceFor(file),
              IsError(absl::StatusCode::kNotFound, "no source plugin"));
}

TEST(PluginSourceTest, TheErrorSaysWhatCanBeRead) {
  PluginHost host;
  const std::string text = WriteTempFile("notes.pt", "my notes");
  EXPECT_THAT(host.SourceFor(text),
              IsError(absl::StatusCode::kNotFound, "no source plugin"));
  host.AddStatic(strata_plugin_only());
  EXPECT_THAT(host.SourceFor(text), IsError(absl::StatusCode::kNotFound,
                                            "expected: archives of this test"));
  EXPECT_THAT(host.SourceFor(ZipOf("deep.pt", "a/b/only.txt")),
              IsError(absl::StatusCode::kNotFound, "zip archive of something"));
  EXPECT_THAT(host.SourceFor("/no/such/file"),
              IsError(absl::StatusCode::kNotFound, "no such file"));
}

}  // namespace
}  // namespace strata
