// Text from the model on its way into a page.

#ifndef STRATA_FORMATTERS_HTML_ESCAPE_H_
#define STRATA_FORMATTERS_HTML_ESCAPE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/formatter.h"

namespace strata::formatters::html {

// As the text of an element: no markup, no control or format characters.
std::string EscapeText(absl::string_view text);

// Passes JSON on so that it can stand inside a <script> element: what could end
// the element or a line of JavaScript is written as \uXXXX. In JSON these
// characters occur only inside strings, so the values stay the same.
class ScriptJsonSink : public Sink {
 public:
  // `sink` must outlive it.
  explicit ScriptJsonSink(Sink& sink) : sink_(sink) {}

  // Whole characters only.
  void Write(absl::string_view text) override;

 private:
  Sink& sink_;
};

}  // namespace strata::formatters::html

#endif  // STRATA_FORMATTERS_HTML_ESCAPE_H_
