// write_page < SUMMARY.json > PAGE.html: the page around any summary. For
// tests, which need models that no file has.

#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

#include "core/summary.pb.h"
#include "formatters/html/html.h"
#include "google/protobuf/util/json_util.h"

int main() {
  const std::string json{std::istreambuf_iterator<char>(std::cin), {}};
  strata::Summary summary;
  const auto read = google::protobuf::util::JsonStringToMessage(json, &summary);
  if (!read.ok()) {
    std::cerr << read.ToString() << '\n';
    return 1;
  }
  strata::StringSink page;
  const absl::Status written =
      strata::formatters::HtmlFormatter().Format(summary, {}, page);
  if (!written.ok()) {
    std::cerr << written.ToString() << '\n';
    return 1;
  }
  std::fwrite(page.text().data(), 1, page.text().size(), stdout);
  return 0;
}
