#include "core/summary_reader.h"

#include <sys/stat.h>

#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

// What Strata writes today, as docs/contract.md has it.
constexpr char kJson[] = R"({
  "format_version": 1,
  "model": {"name": "Net", "source": "torchscript", "file": "net.pt"},
  "layers": [
    {"id": 0, "parent": -1, "metrics": {"macs": {"total": 9007199254740993}}},
    {"id": 1, "parent": 0, "path": "a", "metrics": {"macs": {"self": 0}}}
  ],
  "totals": {"macs": 9223372036854775807},
  "warnings": ["careful"]
})";

Summary Net() {
  Summary summary;
  summary.set_format_version(kSummaryFormatVersion);
  summary.mutable_model()->set_name("Net");
  summary.mutable_model()->set_source("torchscript");
  summary.mutable_model()->set_file("net.pt");
  Layer& root = *summary.add_layers();
  root.set_parent(-1);
  (*root.mutable_metrics())["macs"].set_total((int64_t{1} << 53) + 1);
  Layer& a = *summary.add_layers();
  a.set_id(1);
  a.set_path("a");
  (*a.mutable_metrics())["macs"].set_self(0);
  (*summary.mutable_totals())["macs"] = std::numeric_limits<int64_t>::max();
  summary.add_warnings("careful");
  return summary;
}

// kJson with one piece of it replaced.
std::string With(absl::string_view piece, absl::string_view by) {
  return absl::StrReplaceAll(kJson, {{piece, by}});
}

std::string Page(const std::string& json) {
  return absl::StrCat(
      "<!doctype html><html><script>getElementById('id=\"strata-summary\"')"
      "</script><script type=\"application/json\" id=\"strata-summary\">",
      json, "</script><script>var later = {};</script></html>");
}

void ExpectIsNet(absl::string_view content) {
  ASSERT_OK_AND_ASSIGN(const Summary read, ParseSummary(content, "net"));
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(read, Net()))
      << read.DebugString();
}

TEST(SummaryReaderTest, ReadsEachForm) {
  for (const std::string& content : {
           std::string(kJson),
           absl::StrCat("\xef\xbb\xbf\n  ", kJson, "\n\n"),
           // As Protobuf's own mapping writes it.
           With("9007199254740993", "\"9007199254740993\""),
           With("9223372036854775807", "\"9223372036854775807\""),
           // Before there was a version.
           With("\"format_version\": 1,", ""),
           // What a later minor version may add, as deep as messages go.
           With("\"warnings\":",
                "\"later\": [{\"from\": 0, \"to\": [1, {}]}], \"warnings\":"),
           With("\"path\": \"a\",", "\"path\": \"a\", \"colour\": null,"),
           Net().SerializeAsString(),
           Page(kJson),
       }) {
    ExpectIsNet(content);
  }
}

TEST(SummaryReaderTest, BinaryWhoseFirstBytesLookLikeText) {
  Summary summary = Net();
  // The second byte is the length of `model`.
  for (const char wanted : {'{', '<', ' ', '\n'}) {
    summary.mutable_model()->Clear();
    summary.mutable_model()->set_file(std::string(wanted - 2, 'x'));
    const std::string content = summary.SerializeAsString();
    ASSERT_EQ(content.substr(0, 2), std::string({'\n', wanted}));
    EXPECT_THAT(ParseSummary(content, "net"), IsOk());
  }
}

TEST(SummaryReaderTest, ANewerFieldOfTheBinaryFormIsPassedOver) {
  Summary summary = Net();
  summary.GetReflection()->MutableUnknownFields(&summary)->AddLengthDelimited(
      77, "later");
  ASSERT_OK_AND_ASSIGN(const Summary read,
                       ParseSummary(summary.SerializeAsString(), "net"));
  EXPECT_EQ(read.layers_size(), 2);
}

TEST(SummaryReaderTest, ANewerVersionSaysSo) {
  Summary newer = Net();
  newer.set_format_version(2);
  for (const std::string& content : {
           newer.SerializeAsString(),
           With("\"format_version\": 1", "\"format_version\": 2"),
           With("\"format_version\": 1", "\"format_version\": \"2\""),
           Page(With("\"format_version\": 1", "\"format_version\": 2")),
           // With other types than ours.
           std::string(R"({"layers": {"a": 1}, "format_version": 2})"),
       }) {
    const auto read = ParseSummary(content, "net.json");
    EXPECT_THAT(read, IsError(kInvalid,
                              "cannot read summary (net.json): it is of "
                              "summary format 2; expected at most 1"));
  }
}

TEST(SummaryReaderTest, SaysWhatAFileIsInstead) {
  const std::string deep = std::string(1 << 20, '[');
  const std::string maps = absl::StrReplaceAll(deep, {{"[", "{\"a\":"}});
  struct Case {
    std::string content;
    std::string why;
  };
  for (const Case& c : {
           Case{"", "it is empty (0 bytes); expected a summary that strata"},
           Case{"hello, world", "it begins with \"hello, world\"; expected"},
           Case{"PK\x03\x04", "it is a zip archive"},
           Case{std::string(4, '\0'), "it begins with \"\\x00"},
           Case{"\x80\x02}q", "it begins with"},
           Case{"[]", "it begins with \"[]\""},
           Case{" \n", "it begins with"},
           Case{"{}", "no \"layers\" that begin with a root"},
           Case{R"({"layers": []})", "no \"layers\""},
           Case{R"({"layers": [{"class_name": "Dense"}]})", "no \"layers\""},
           Case{R"({"layers": 3})", "damaged, cut off or something else: "},
           Case{R"({"layers": [{"id": "x"}]})", "something else: "},
           Case{R"({"layers": [{"id": 1.5}]})", "something else: "},
           Case{R"({"layers": [{"id": 99999999999}]})", "something else: "},
           Case{"{", "cut off"},
           Case{"{\"layers\": ", "cut off"},
           Case{absl::StrCat("{\"x\": ", deep), "something else: "},
           Case{maps, "something else: "},
           Case{"<!doctype html><p>hello", "a page or XML without the summary"},
           Case{"<script id=\"strata-summary\"", "a page or XML without"},
           Case{Page(""), "a page or XML without"},
           Case{Page("nothing"), "something else: "},
           Case{Page("{}"), "no \"layers\""},
           Case{Page(deep), "something else: "},
       }) {
    EXPECT_THAT(ParseSummary(c.content, "f"),
                IsError(kInvalid, absl::StrCat("cannot read summary (f): ")))
        << c.content.substr(0, 40);
    EXPECT_THAT(ParseSummary(c.content, "f"), IsError(kInvalid, c.why))
        << c.content.substr(0, 40);
  }
}

// Each beginning of each form is an error, and no crash.
TEST(SummaryReaderTest, WhateverIsCutOffIsAnError) {
  for (const std::string& whole :
       {std::string(kJson), Net().SerializeAsString(), Page(kJson)}) {
    const size_t end = whole.rfind(whole[0] == '<' ? "]" : "}");
    const size_t last = whole[0] == '\x0a' ? whole.size() - 1 : end;
    for (size_t length = 0; length <= last; ++length) {
      EXPECT_FALSE(ParseSummary(whole.substr(0, length), "f").ok()) << length;
    }
  }
}

TEST(SummaryReaderTest, ChangedBytesCrashNothing) {
  for (const std::string& whole :
       {std::string(kJson), Net().SerializeAsString(), Page(kJson)}) {
    for (size_t i = 0; i < whole.size(); ++i) {
      for (const int by : {1, 0x80, 0xff}) {
        std::string changed = whole;
        changed[i] = static_cast<char>(changed[i] ^ by);
        (void)ParseSummary(changed, "f");
      }
    }
  }
}

TEST(SummaryReaderTest, ReadsFiles) {
  const std::string file = WriteTempFile("net.anything", kJson);
  ASSERT_OK_AND_ASSIGN(const Summary read, ReadSummary(file));
  EXPECT_EQ(read.layers_size(), 2);
  const std::string folder = absl::StrCat(testing::TempDir(), "/folder.json");
  mkdir(folder.c_str(), 0700);
  EXPECT_THAT(ReadSummary(folder), IsError(kInvalid, "it is a folder; expec"));
  EXPECT_THAT(ReadSummary("/no/such.json"),
              IsError(kInvalid, "(/no/such.json): no such file"));
}

}  // namespace
}  // namespace strata
