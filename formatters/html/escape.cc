#include "formatters/html/escape.h"

#include "absl/strings/str_replace.h"
#include "core/printable.h"

namespace strata::formatters::html {

std::string EscapeText(absl::string_view text) {
  return absl::StrReplaceAll(Printable(text, /*unicode=*/true),
                             {{"&", "&amp;"},
                              {"<", "&lt;"},
                              {">", "&gt;"},
                              {"\"", "&quot;"},
                              {"'", "&#39;"}});
}

void ScriptJsonSink::Write(absl::string_view text) {
  // U+2028 and U+2029 begin with 0xE2.
  constexpr char kUnsafe[] = "<>&\xe2";
  size_t at = 0;
  for (size_t next; (next = text.find_first_of(kUnsafe, at)) != text.npos;) {
    absl::string_view escaped;
    size_t size = 1;
    if (text[next] == '<') {
      escaped = "\\u003c";
    } else if (text[next] == '>') {
      escaped = "\\u003e";
    } else if (text[next] == '&') {
      escaped = "\\u0026";
    } else if (text.substr(next, 3) == "\xe2\x80\xa8") {
      escaped = "\\u2028";
      size = 3;
    } else if (text.substr(next, 3) == "\xe2\x80\xa9") {
      escaped = "\\u2029";
      size = 3;
    } else {
      escaped = text.substr(next, 1);
    }
    sink_.Write(text.substr(at, next - at));
    sink_.Write(escaped);
    at = next + size;
  }
  sink_.Write(text.substr(at));
}

}  // namespace strata::formatters::html
