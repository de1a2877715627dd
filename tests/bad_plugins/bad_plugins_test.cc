// What becomes of each wrong plugin of this folder in the kernel: it is
// refused, or costs its own columns. core/plugin_refused_test.cc has the files
// that are no library; tests/e2e/bad_plugins_test.py has what ends a process.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "core/version.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using State = FoundPlugin::State;

// A new folder, with a copy of the plugin and of the good `params`. Never one
// that was there: libraries that are loaded must not change.
std::string FolderOf(const std::string& name, const std::string& content) {
  static int count = 0;
  const std::string relative = absl::StrCat(name, "_", ++count);
  const fs::path folder = fs::path(testing::TempDir()) / relative;
  fs::create_directories(folder);
  WriteTempFile(absl::StrCat(relative, "/", name, ".so"), content);
  WriteTempFile(absl::StrCat(relative, "/params.so"),
                ReadWholeFile(DataPath("plugins/metrics/params/params.so")));
  return folder;
}

std::string Library(const std::string& name) {
  return ReadWholeFile(
      DataPath(absl::StrCat("tests/bad_plugins/", name, ".so")));
}

FoundPlugin Found(const PluginHost& host, const std::string& file) {
  for (const FoundPlugin& plugin : host.plugins()) {
    if (fs::path(plugin.file).filename() == file) return plugin;
  }
  ADD_FAILURE() << "no " << file;
  return {};
}

absl::StatusOr<Summary> SummarizeWith(PluginHost& host,
                                      const std::string& name) {
  FakeModel model(TreeOf({"", "a"}), [](ModuleVisitor& visitor) {
    CallModule(visitor, 0, 0, {Float({2})}, {Float({2})}, [&] {
      visitor.VisitOp(FakeOp{"aten::add", {}, {}, 0, 0, ""}.Call());
    });
    return absl::OkStatus();
  });
  Summarizer summarizer(host);
  summarizer.Metrics({name, "params"}).Inputs({});
  return summarizer.Summarize(model, File("m.pt"));
}

struct Case {
  const char* name;
  std::string says;
};
void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }
std::string NameOf(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

// Never loaded.
class RefusedTest : public testing::TestWithParam<Case> {};

TEST_P(RefusedTest, BeforeItIsLoaded) {
  const std::string name = GetParam().name;
  PluginHost host({FolderOf(name, Library(name))});
  const FoundPlugin found = Found(host, name + ".so");
  EXPECT_EQ(found.state, State::kRefused);
  EXPECT_THAT(found.reason, HasSubstr(GetParam().says));
  EXPECT_THAT(host.MakeMetric("params"), IsOk());
}

const char kWanted[] = STRATA_STRINGIFY(STRATA_INTERFACE_VERSION);

INSTANTIATE_TEST_SUITE_P(
    Plugins, RefusedTest,
    testing::Values(
        Case{"other_interface",
             absl::StrCat("interface version 9999, wanted ", kWanted,
                          ": rebuild the plugin against this Strata")},
        Case{"other_abseil",
             "abseil20990101 protobuf" STRATA_STRINGIFY(GOOGLE_PROTOBUF_VERSION)
                 STRATA_SANITIZER "', wanted '"},
        Case{"has_no_descriptor", "no section 'strata_plugin'"},
        Case{"has_no_name", "the descriptor's name is ''"},
        Case{"has_a_bad_option",
             "the default of the descriptor's option 'count' is 'many': "
             "expected a whole number"}),
    NameOf);

// A real plugin of an older interface (its source is older.txt), as somebody
// may have kept one.
TEST(OlderPluginTest, IsRefusedWithTheMessage) {
  const std::string content =
      ReadWholeFile(DataPath("tests/bad_plugins/testdata/interface_3.so"));
  ASSERT_GT(content.size(), 1000u);
  PluginHost host({FolderOf("older", content)});
  const FoundPlugin found = Found(host, "older.so");
  EXPECT_EQ(found.state, State::kRefused);
#if defined(__x86_64__)
  const std::string why =
      absl::StrCat("interface version 3, wanted ", kWanted,
                   ": rebuild the plugin against this Strata");
#else
  const std::string why = "built for another architecture";
#endif
  EXPECT_THAT(found.reason, HasSubstr(why));
  EXPECT_FALSE(host.MakeMetric("older").ok());
}

// Loaded, or nearly so, and then no metric.
class NotMadeTest : public testing::TestWithParam<Case> {};

TEST_P(NotMadeTest, SaysWhy) {
  const std::string name = GetParam().name;
  PluginHost host({FolderOf(name, Library(name))});
  EXPECT_EQ(Found(host, name + ".so").state, State::kUsable);
  Summarizer summarizer(host);
  summarizer.Metrics({name});
  const absl::Status status = summarizer.Columns().status();
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().says));
  EXPECT_THAT(std::string(status.message()), HasSubstr(name));
  EXPECT_THAT(host.MakeMetric("params"), IsOk());
}

INSTANTIATE_TEST_SUITE_P(
    Plugins, NotMadeTest,
    testing::Values(
        Case{"has_no_function",
             "it exports no function 'strata_plugin_has_no_function'"},
        Case{"gives_no_entry",
             "its function 'strata_plugin_gives_no_entry' gave nothing"},
        Case{"has_no_maker", "its entry makes no metric"},
        Case{"makes_nothing", "its maker gave nothing"},
        Case{"raises_when_made", "its constructor raised: no luck"},
        Case{"relative_runpath",
             "its RUNPATH looks for libraries in a relative folder, 'libs'"},
        Case{"raises_in_columns", "it raised 'no columns today'"},
        Case{"has_no_columns", "it has no column"},
        Case{"has_an_empty_column", "a column's id is ''"},
        Case{"has_a_column_twice", "it has two columns 'bad'"}),
    NameOf);

TEST(NotMadeTest, ALibraryThatIsMissing) {
  const std::string content =
      absl::StrReplaceAll(Library("gives_nan"), {{"libstdc++", "libmissin"}});
  PluginHost host({FolderOf("gives_nan", content)});
  EXPECT_THAT(host.MakeMetric("gives_nan"),
              IsError(absl::StatusCode::kFailedPrecondition,
                      "libmissin.so.6: cannot open shared object file"));
}

// Protobuf would abort while the second is loaded.
TEST(ProtobufTest, TwoPluginsWithOneFile) {
  PluginHost host(
      {FolderOf("bundles_proto_one", Library("bundles_proto_one")),
       FolderOf("bundles_proto_two", Library("bundles_proto_two"))});
  EXPECT_THAT(host.MakeMetric("bundles_proto_one"), IsOk());
  EXPECT_THAT(host.MakeMetric("bundles_proto_two"),
              IsError(absl::StatusCode::kFailedPrecondition,
                      "generated code of the Protobuf file "
                      "'tests/bad_plugins/bundled.proto', which this process "
                      "already has"));
  EXPECT_THAT(host.MakeMetric("bundles_proto_one"), IsOk()) << "once more";
}

// It runs, fails, and costs its own column.
class SurvivedTest : public testing::TestWithParam<Case> {};

TEST_P(SurvivedTest, AndTheOthersGoOn) {
  const std::string name = GetParam().name;
  PluginHost host({FolderOf(name, Library(name))});
  ASSERT_OK_AND_ASSIGN(const Summary summary, SummarizeWith(host, name));
  ASSERT_EQ(summary.warnings_size(), 1);
  EXPECT_EQ(summary.warnings(0),
            absl::StrCat("metric '", name, "' ", GetParam().says));
  EXPECT_EQ(summary.columns(0).id(), "bad");
  EXPECT_EQ(summary.layers(0).metrics().count("bad"), 0u);
  EXPECT_EQ(summary.totals().count("bad"), 0u);
  EXPECT_EQ(summary.totals().at("params"), 0);
}

const char kFailed[] = "failed, its columns are unknown: ";

INSTANTIATE_TEST_SUITE_P(
    Plugins, SurvivedTest,
    testing::Values(
        Case{"raises_in_visit",
             absl::StrCat(kFailed, "it raised 'cannot stand aten::add'")},
        Case{"raises_a_number",
             absl::StrCat(kFailed,
                          "it raised something that is no std::exception")},
        Case{"fails_to_collect", absl::StrCat(kFailed, "nothing was found")},
        Case{"gives_too_many",
             absl::StrCat(kFailed,
                          "it gave a value for column 0 of 1 and module 2 of "
                          "2, counted from 0")},
        Case{"gives_too_few",
             absl::StrCat(kFailed,
                          "it gave column 'bad' another length than there are "
                          "modules")}),
    NameOf);

TEST(SurvivedTest, WhatIsNoNumberIsUnknown) {
  PluginHost host({FolderOf("gives_nan", Library("gives_nan"))});
  ASSERT_OK_AND_ASSIGN(const Summary summary, SummarizeWith(host, "gives_nan"));
  ASSERT_GE(summary.warnings_size(), 1);
  EXPECT_THAT(summary.warnings(0), HasSubstr("metric 'gives_nan' gave "));
  EXPECT_EQ(summary.layers(0).metrics().count("bad"), 0u);
  EXPECT_EQ(summary.layers(1).metrics().at("bad").real_self(), 1.5);
}

// What the conformance test, and nothing else, can see of a plugin.
class ConformanceTest : public testing::TestWithParam<Case> {};

TEST_P(ConformanceTest, TellsItsAuthor) {
  const std::string name = GetParam().name;
  const std::string folder = FolderOf(name, Library(name));
  const std::string log = folder + "/log";
  const int status = std::system(
      // Without what would make it write this test's own report.
      absl::StrCat("env -u XML_OUTPUT_FILE -u TEST_PREMATURE_EXIT_FILE ",
                   DataPath("tests/plugin_conformance"), " ", folder, "/", name,
                   ".so ", name, " > ", log, " 2>&1")
          .c_str());
  EXPECT_NE(status, 0);
  EXPECT_THAT(ReadWholeFile(log), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Plugins, ConformanceTest,
    testing::Values(Case{"writes_to_stdout", "hello from a plugin"},
                    Case{"raises_in_visit", "cannot stand odd::operator"},
#ifndef __SANITIZE_ADDRESS__  // Whose allocator counts nothing.
                    Case{"leaks", "is not given back"},
#endif
                    Case{"fails_to_collect", "nothing was found"}),
    NameOf);

}  // namespace
}  // namespace strata
