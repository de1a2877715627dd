// Files that core/plugin_host.h must refuse, each wrong in one way. All are
// copies of a real plugin, damaged or patched.

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/plugin_host.h"
#include "core/version.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using State = FoundPlugin::State;

std::string Plugin() {
  return ReadWholeFile(DataPath("plugins/metrics/params/params.so"));
}

// Of the same length, so that the file stays what it is.
std::string Patched(const std::string& from, const std::string& to) {
  const std::string plugin = Plugin();
  EXPECT_THAT(plugin, HasSubstr(from));
  EXPECT_EQ(from.size(), to.size());
  return absl::StrReplaceAll(plugin, {{from, to}});
}

// A byte of the ELF header.
std::string WithByte(size_t offset, char byte) {
  std::string plugin = Plugin();
  plugin[offset] = byte;
  return plugin;
}

std::string CutTo(double part) {
  const std::string plugin = Plugin();
  return plugin.substr(0, static_cast<size_t>(plugin.size() * part));
}

// A new folder of the test's own with one file; the file's path.
std::string FileIn(const std::string& folder, const std::string& content) {
  fs::create_directories(fs::path(testing::TempDir()) / folder);
  const std::string file = WriteTempFile(folder + "/params.so", content);
  fs::permissions(file, fs::perms(0644));
  fs::permissions(fs::path(file).parent_path(), fs::perms(0755));
  return file;
}

PluginHost HostOf(const std::string& file) {
  return PluginHost({fs::path(file).parent_path()});
}

struct Case {
  const char* name;
  std::function<std::string()> content;
  const char* reason;
};

void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }

class RefusedTest : public testing::TestWithParam<Case> {};

TEST_P(RefusedTest, WithItsReason) {
  const std::string file = FileIn(GetParam().name, GetParam().content());
  PluginHost host = HostOf(file);
  ASSERT_EQ(host.plugins().size(), 1u);
  const FoundPlugin& found = host.plugins()[0];
  EXPECT_EQ(found.file, file);
  EXPECT_EQ(found.state, State::kRefused);
  EXPECT_THAT(found.reason, HasSubstr(GetParam().reason));
  EXPECT_EQ(found.entry, nullptr);
  EXPECT_THAT(host.Names("metric"), testing::IsEmpty());
  EXPECT_THAT(host.MakeMetric("params"),
              IsError(absl::StatusCode::kNotFound, "no metric 'params'"));
}

constexpr size_t kElfType = 16;     // e_type: 3 is a shared library.
constexpr size_t kElfMachine = 18;  // e_machine

INSTANTIATE_TEST_SUITE_P(
    Files, RefusedTest,
    testing::Values(
        Case{"Empty", [] { return ""; }, "not an ELF shared library"},
        Case{"Text", [] { return "#!/bin/sh\n"; }, "not an ELF"},
        Case{"MagicOnly",
             [] {
               return "\x7f"
                      "ELF";
             },
             ""},
        Case{"OtherLibrary",
             [] { return ReadWholeFile(DataPath("core/libstrata.so")); },
             "no section 'strata_plugin': not a Strata plugin"},
        Case{"ObjectFile", [] { return WithByte(kElfType, 1); },
             "no shared library"},
        Case{"CoreDump", [] { return WithByte(kElfType, 4); },
             "no shared library"},
        Case{"OtherMachine", [] { return WithByte(kElfMachine, 8); },  // MIPS
             "another architecture (ELF machine 8"},
        Case{"TruncatedToHeader", [] { return Plugin().substr(0, 64); },
             "damaged"},
        Case{"TruncatedToHalf", [] { return CutTo(0.5); }, "damaged"},
        Case{"TruncatedAtTheEnd", [] { return CutTo(0.999); }, "damaged"},
        Case{"OtherInterface",
             [] {
               return Patched(
                   "interface=" STRATA_STRINGIFY(STRATA_INTERFACE_VERSION),
                   "interface=9");
             },
             "interface version 9, wanted " STRATA_STRINGIFY(
                 STRATA_INTERFACE_VERSION) ": rebuild the plugin"},
        Case{"OtherBuild",
             [] { return Patched("build=cxxabi", "build=otherx"); },
             "built with 'otherx"},
        Case{"BadName", [] { return Patched("name=params", "name=Params"); },
             "name is 'Params'"},
        Case{"BadKind", [] { return Patched("kind=metric", "kind=puzzle"); },
             "kind is 'puzzle'"},
        Case{"TwoPluginsInOne",
             [] {
               return Patched(absl::StrCat("version=", STRATA_VERSION),
                              "kind=metric=2");
             },
             "two fields 'kind': one library holds one plugin"}),
    [](const testing::TestParamInfo<Case>& info) { return info.param.name; });

TEST(RefusedTest, TheErrorSaysWhyItWasRefused) {
  const std::string file = FileIn(
      "told", Patched("interface=" STRATA_STRINGIFY(STRATA_INTERFACE_VERSION),
                      "interface=9"));
  PluginHost host = HostOf(file);
  EXPECT_EQ(host.plugins()[0].descriptor.name, "params");
  EXPECT_THAT(
      host.MakeMetric("params"),
      IsError(absl::StatusCode::kNotFound,
              absl::StrCat("no metric 'params' (", file,
                           ": interface version 9, wanted " STRATA_STRINGIFY(
                               STRATA_INTERFACE_VERSION))));
}

TEST(RefusedTest, WhatEveryoneMayWrite) {
  const std::string by_file = FileIn("open_file", Plugin());
  fs::permissions(by_file, fs::perms(0646));
  EXPECT_EQ(HostOf(by_file).plugins()[0].state, State::kRefused);
  EXPECT_EQ(HostOf(by_file).plugins()[0].reason,
            absl::StrCat(by_file, " may be written by everyone"));

  const std::string by_folder = FileIn("open_folder", Plugin());
  const std::string folder = fs::path(by_folder).parent_path();
  fs::permissions(folder, fs::perms(0757));
  EXPECT_EQ(HostOf(by_folder).plugins()[0].state, State::kRefused);
  EXPECT_EQ(HostOf(by_folder).plugins()[0].reason,
            absl::StrCat(folder, " may be written by everyone"));

  const std::string by_link = FileIn("linked", "");
  fs::remove(by_link);
  fs::create_symlink(by_file, by_link);
  EXPECT_EQ(HostOf(by_link).plugins()[0].state, State::kRefused);
}

TEST(RefusedTest, FoldersAndLinksToNothing) {
  const std::string file = FileIn("odd", "");
  fs::remove(file);
  fs::create_directory(file);
  EXPECT_EQ(HostOf(file).plugins()[0].state, State::kRefused);
  fs::remove(file);
  fs::create_symlink("/no/such/file", file);
  EXPECT_EQ(HostOf(file).plugins()[0].state, State::kRefused);
  EXPECT_THAT(HostOf(file).plugins()[0].reason, HasSubstr("cannot be read"));
}

// Refused when it is loaded, for its text alone does not show it.
TEST(RefusedTest, ADescriptorThatIsNotTheCode) {
  PluginHost renamed =
      HostOf(FileIn("renamed", Patched("name=params", "name=paramz")));
  EXPECT_THAT(renamed.MakeMetric("paramz"),
              IsError(absl::StatusCode::kFailedPrecondition,
                      "it exports no function 'strata_plugin_paramz'"));
  PluginHost other_kind =
      HostOf(FileIn("other_kind", Patched("kind=metric", "kind=source")));
  EXPECT_THAT(other_kind.MakeSource("params"),
              IsError(absl::StatusCode::kFailedPrecondition,
                      "source 'params': its entry makes no source"));
}

}  // namespace
}  // namespace strata
