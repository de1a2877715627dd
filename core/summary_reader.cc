#include "core/summary_reader.h"

#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "core/error.h"
#include "core/real_figures.h"
#include "core/version.h"
#include "google/protobuf/util/json_util.h"

namespace strata {
namespace {

constexpr absl::string_view kExpected =
    "expected a summary that strata saved with --format=json, binary or html";
constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

absl::Status Error(const std::string& file, absl::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, "cannot read summary",
                   file, why);
}

absl::Status TooNew(const std::string& file, int32_t version) {
  return WithHint(
      Error(file, absl::StrCat("it is of summary format ", version,
                               "; expected at most ", kSummaryFormatVersion)),
      absl::StrCat("a newer strata than this one (" STRATA_VERSION
                   ") wrote it, and can show it"));
}

// The whole content, of pipes too.
absl::StatusOr<std::string> ReadFile(const std::string& file) {
  struct stat info;
  if (stat(file.c_str(), &info) != 0) {
    return Error(file, errno == ENOENT ? "no such file" : std::strerror(errno));
  }
  if (S_ISDIR(info.st_mode)) {
    return Error(file, absl::StrCat("it is a folder; ", kExpected));
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(
      std::fopen(file.c_str(), "rb"), &std::fclose);
  if (stream == nullptr) return Error(file, std::strerror(errno));
  std::string content;
  char piece[1 << 16];
  while (const size_t read = std::fread(piece, 1, sizeof piece, stream.get())) {
    if (content.size() + read > INT_MAX) {  // Protobuf reads no more.
      return Error(file, "it is larger than 2 GiB, which no summary is");
    }
    content.append(piece, read);
  }
  if (std::ferror(stream.get()) != 0) return Error(file, std::strerror(errno));
  return content;
}

// Whether it can be one of ours: other JSON may have `layers`, too.
bool HasRoot(const Summary& summary) {
  return !summary.layers().empty() && summary.layers(0).parent() == -1;
}

template <typename Message>
absl::Status ParseJson(absl::string_view json, Message& message) {
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto parsed = google::protobuf::util::JsonStringToMessage(
      WithRealFields(json), &message, options);
  if (parsed.ok()) return absl::OkStatus();
  // Protobuf shows the place in lines of its own.
  return absl::InvalidArgumentError(absl::StrReplaceAll(
      absl::string_view(parsed.message().data(), parsed.message().size()),
      {{"\n", " "}}));
}

absl::StatusOr<Summary> ReadJson(absl::string_view json,
                                 const std::string& file) {
  Summary summary;
  const absl::Status parsed = ParseJson(json, summary);
  // A newer version may differ in any field but this one.
  SummaryVersion version;
  version.set_format_version(summary.format_version());
  if (!parsed.ok()) (void)ParseJson(json, version);
  if (version.format_version() > kSummaryFormatVersion) {
    return TooNew(file, version.format_version());
  }
  if (!parsed.ok()) {
    return Error(
        file, absl::StrCat("it begins as JSON, but it is damaged, cut off or "
                           "something else: ",
                           parsed.message()));
  }
  if (!HasRoot(summary)) {
    return Error(file, absl::StrCat("it is JSON, but it has no \"layers\" that "
                                    "begin with a root; ",
                                    kExpected));
  }
  summary.set_format_version(kSummaryFormatVersion);
  return summary;
}

// The JSON in the page, or nothing. Names of modules cannot look like the tag:
// the page has them escaped.
absl::string_view JsonInPage(absl::string_view page) {
  constexpr absl::string_view kTag = "<script";
  for (size_t at = page.find(kTag); at != page.npos;
       at = page.find(kTag, at + kTag.size())) {
    const size_t end = page.find('>', at);
    if (end == page.npos) break;
    if (!absl::StrContains(page.substr(at, end - at),
                           "id=\"strata-summary\"")) {
      continue;
    }
    const absl::string_view json = page.substr(end + 1);
    return json.substr(0, json.find("</script"));
  }
  return {};
}

// What it is, if it is no summary, as far as its first bytes tell.
absl::Status NotOurs(absl::string_view content, const std::string& file) {
  if (absl::StartsWith(content, "PK")) {
    return WithHint(
        Error(file, absl::StrCat("it is a zip archive; ", kExpected)),
        "a model file is summarised by: strata FILE");
  }
  return Error(file, absl::StrCat("it begins with \"",
                                  absl::CHexEscape(content.substr(0, 16)),
                                  "\"; ", kExpected));
}

bool ParseBinary(absl::string_view content,
                 google::protobuf::MessageLite& message) {
  return message.ParseFromArray(content.data(),
                                static_cast<int>(content.size()));
}

absl::StatusOr<Summary> ReadBinary(absl::string_view content,
                                   const std::string& file) {
  Summary summary;
  const bool parsed = ParseBinary(content, summary);
  SummaryVersion version;
  version.set_format_version(summary.format_version());
  if (!parsed && !ParseBinary(content, version)) {
    // A name of the model, behind its length.
    const bool looks_ours = absl::StartsWith(content, "\x0a");
    return looks_ours ? Error(file, absl::StrCat("it begins as a binary "
                                                 "summary, but it is damaged "
                                                 "or cut off; ",
                                                 kExpected))
                      : NotOurs(content, file);
  }
  if (version.format_version() > kSummaryFormatVersion) {
    return TooNew(file, version.format_version());
  }
  if (!parsed || !HasRoot(summary)) return NotOurs(content, file);
  if (summary.format_version() == 0) {
    return Error(file, absl::StrCat("it begins as a binary summary, but its "
                                    "end is cut off; ",
                                    kExpected));
  }
  return summary;
}

}  // namespace

absl::StatusOr<Summary> ReadSummary(const std::string& file) {
  absl::StatusOr<std::string> content = ReadFile(file);
  if (!content.ok()) return content.status();
  return ParseSummary(*content, file);
}

absl::StatusOr<Summary> ParseSummary(absl::string_view content,
                                     const std::string& file) {
  if (content.empty()) {
    return Error(file, absl::StrCat("it is empty (0 bytes); ", kExpected));
  }
  absl::string_view text = content;
  absl::ConsumePrefix(&text, kByteOrderMark);
  text = absl::StripLeadingAsciiWhitespace(text);
  // The tag of the first field of a binary summary is a line feed, and the byte
  // behind it may be anything: it is tried first.
  if (absl::StartsWith(content, "\x0a")) {
    absl::StatusOr<Summary> binary = ReadBinary(content, file);
    if (binary.ok() ||
        !(absl::StartsWith(text, "{") || absl::StartsWith(text, "<"))) {
      return binary;
    }
  }
  if (absl::StartsWith(text, "{")) return ReadJson(text, file);
  if (absl::StartsWith(text, "<")) {
    const absl::string_view json = JsonInPage(text);
    if (!json.empty()) return ReadJson(json, file);
    return Error(file, absl::StrCat("it is a page or XML without the summary "
                                    "of a model in it; ",
                                    kExpected));
  }
  return ReadBinary(content, file);
}

}  // namespace strata
