#include "core/plugin_descriptor.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/plugin.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Fields are ended by NULs; here by | to be readable.
std::string Text(absl::string_view fields) {
  return absl::StrReplaceAll(fields, {{"|", absl::string_view("\0", 1)}});
}

// A literal with NULs inside, as the macros make it.
template <size_t n>
absl::string_view Literal(const char (&text)[n]) {
  return absl::string_view(text, n);
}

TEST(PluginDescriptorTest, EveryField) {
  ASSERT_OK_AND_ASSIGN(
      const PluginDescriptor d,
      ParsePluginDescriptor(Text(
          "kind=source|name=torchscript|description=reads a=b|version=0.1.0|"
          "interface=3|build=cxxabi1017|content=zip:*/data|runtime=libtorch|"
          "runtime_version=2.13.0|runtime_environment=LIBTORCH|"
          "runtime_python=torch|runtime_folder=/opt/libtorch|"
          "runtime_libraries=libc10.so,libtorch.so|")));
  EXPECT_EQ(d.kind, "source");
  EXPECT_EQ(d.name, "torchscript");
  EXPECT_EQ(d.description, "reads a=b");  // Only the first = divides.
  EXPECT_EQ(d.version, "0.1.0");
  EXPECT_EQ(d.interface, "3");
  EXPECT_EQ(d.build, "cxxabi1017");
  EXPECT_EQ(d.content, "zip:*/data");
  EXPECT_THAT(d.endings, IsEmpty());
  EXPECT_EQ(d.runtime.name, "libtorch");
  EXPECT_EQ(d.runtime.version, "2.13.0");
  EXPECT_EQ(d.runtime.environment, "LIBTORCH");
  EXPECT_EQ(d.runtime.python_package, "torch");
  EXPECT_EQ(d.runtime.folder, "/opt/libtorch");
  EXPECT_THAT(d.runtime.libraries, ElementsAre("libc10.so", "libtorch.so"));
}

TEST(PluginDescriptorTest, WhatTheMacrosSpellMatchesThisHost) {
  ASSERT_OK_AND_ASSIGN(const PluginDescriptor d,
                       ParsePluginDescriptor(Literal(STRATA_PLUGIN_TEXT(
                           "formatter", "markdown", "Markdown tables",
                           "endings=md,markdown\0"))));
  EXPECT_EQ(d.kind, "formatter");
  EXPECT_EQ(d.name, "markdown");
  EXPECT_EQ(d.version, STRATA_VERSION);
  EXPECT_THAT(d.endings, ElementsAre("md", "markdown"));
  EXPECT_THAT(CheckPluginMatches(d), IsOk());
  EXPECT_EQ(d.runtime.name, "");
  EXPECT_THAT(d.runtime.libraries, IsEmpty());

  ASSERT_OK_AND_ASSIGN(
      const PluginDescriptor source,
      ParsePluginDescriptor(Literal(STRATA_PLUGIN_TEXT(
          "source", "s", "S",
          "content=zip:*/x\0" STRATA_RUNTIME("libx", "1.2", "X_ROOT", "x",
                                             "/opt/x", "libx.so")))));
  EXPECT_EQ(source.content, "zip:*/x");
  EXPECT_EQ(source.runtime.environment, "X_ROOT");
  EXPECT_THAT(source.runtime.libraries, ElementsAre("libx.so"));
}

TEST(PluginDescriptorTest, FieldsOfLaterVersionsArePassedOver) {
  EXPECT_THAT(ParsePluginDescriptor(Text("kind=metric|name=m|since=9|")),
              IsOk());
  // Padding between sections is NULs.
  EXPECT_THAT(ParsePluginDescriptor(Text("|||kind=metric|name=m|||||")),
              IsOk());
}

struct Bad {
  const char* text;
  const char* why;
};

TEST(PluginDescriptorTest, BadFields) {
  const Bad rows[] = {
      {"", "name is ''"},
      {"|", "name is ''"},
      {"garbage", "name is ''"},
      {"kind=metric|", "name is ''"},
      {"kind=metric|name=|", "name is ''"},
      {"kind=metric|name=Macs|", "name is 'Macs'"},
      {"kind=metric|name=2macs|", "name is '2macs'"},
      {"kind=metric|name=my-macs|", "name is 'my-macs'"},
      {"kind=metric|name=a.b|", "name is 'a.b'"},
      {"kind=metric|name=a/b|", "name is 'a/b'"},
      {"kind=metric|name=m\xc3\xa4|", "name is 'm"},
      {"name=macs|", "kind is ''"},
      {"kind=|name=macs|", "kind is ''"},
      {"kind=Metric|name=macs|", "kind is 'Metric'"},
      {"kind=reader|name=macs|", "kind is 'reader'"},
      {"kind=metric|name=a|kind=metric|name=b|", "two fields 'kind'"},
      {"kind=metric|name=a|name=a|", "two fields 'name'"},
  };
  for (const Bad& row : rows) {
    EXPECT_THAT(ParsePluginDescriptor(Text(row.text)),
                IsError(absl::StatusCode::kDataLoss, row.why))
        << row.text;
  }
}

PluginDescriptor Matching() {
  PluginDescriptor d;
  d.interface = STRATA_STRINGIFY(STRATA_INTERFACE_VERSION);
  d.build = STRATA_BUILD_STRING;
  return d;
}

TEST(PluginDescriptorTest, InterfaceAndBuildMustBeEqual) {
  EXPECT_THAT(CheckPluginMatches(Matching()), IsOk());
  for (const char* interface : {"", "0", "1", "9", "2.0", " 2", "two"}) {
    PluginDescriptor d = Matching();
    d.interface = interface;
    EXPECT_THAT(CheckPluginMatches(d),
                IsError(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat("interface version ", interface,
                                     ", wanted " STRATA_STRINGIFY(
                                         STRATA_INTERFACE_VERSION))))
        << interface;
  }
  for (const char* build : {"", "cxxabi1", STRATA_BUILD_STRING " asan2"}) {
    PluginDescriptor d = Matching();
    d.build = build;
    EXPECT_THAT(CheckPluginMatches(d),
                IsError(absl::StatusCode::kFailedPrecondition,
                        absl::StrCat("built with '", build, "', wanted '",
                                     STRATA_BUILD_STRING, "'")))
        << build;
  }
}

TEST(PluginDescriptorTest, ReadFromALibrary) {
  ASSERT_OK_AND_ASSIGN(
      const PluginDescriptor d,
      ReadPluginDescriptor(DataPath("plugins/metrics/params/params.so")));
  EXPECT_EQ(d.kind, "metric");
  EXPECT_EQ(d.name, "params");
  EXPECT_THAT(CheckPluginMatches(d), IsOk());
}

TEST(PluginDescriptorTest, ALibraryThatIsNoPluginIsNotFound) {
  EXPECT_THAT(ReadPluginDescriptor(DataPath("core/libstrata.so")),
              IsError(absl::StatusCode::kNotFound, "not a Strata plugin"));
  EXPECT_THAT(ReadPluginDescriptor("/no/such/file.so"),
              IsError(absl::StatusCode::kNotFound, "No such file"));
}

}  // namespace
}  // namespace strata
