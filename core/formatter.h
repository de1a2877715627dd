// A form of output: the interface of a formatter plugin.

#ifndef STRATA_CORE_FORMATTER_H_
#define STRATA_CORE_FORMATTER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace strata {

class Summary;  // core/summary.pb.h

// How to show a summary; none of it changes a number.
struct FormatOptions {
  int depth = 3;                     // The deepest level shown.
  std::vector<std::string> columns;  // In order; empty: chosen for the metrics.
  bool fold = false;  // Identical siblings in a row become one, with ×N.
  std::string title;  // In place of the model's name.
  // Paths of modules that are shown with all below them, and with what they are
  // in, however deep that is.
  std::vector<std::string> expand;
  // A regular expression (LayerMatch of core/layer_match.h): only the modules
  // that it finds have rows, at any depth, and what they are in. Empty: all.
  std::string match;
  // A metric's column that gets a bar for what part of the total each row is.
  std::string heat;

  // What a row says and which rows there are: torchinfo's row_settings.
  bool var_names = true;        // The attribute's name: "conv1 (Conv2d)".
  bool depth_index = false;     // "Conv2d: 1-3": the third row of depth 1.
  bool hide_recursive = false;  // No row for a module that has one elsewhere.
  bool parameter_rows = false;  // A row for each parameter, with its shape.

  // What the place it is written to can show.
  int width = 0;        // In terminal cells; 0: no limit.
  bool color = false;   // ANSI colours.
  bool unicode = true;  // False: plain ASCII.
};

// Where the text goes, piece by piece.
class Sink {
 public:
  virtual ~Sink() = default;
  // An error (a full disk, a closed pipe) is kept by the sink: a formatter need
  // not look at it, the program does at the end.
  virtual void Write(absl::string_view text) = 0;
};

// Turns a summary into text. It never computes a number: it shows those in the
// summary. Thread-compatible; one object may format several summaries.
class Formatter {
 public:
  virtual ~Formatter() = default;

  // Error kInvalidArgument: the options do not fit (an unknown column).
  virtual absl::Status Format(const Summary& summary,
                              const FormatOptions& options, Sink& sink) = 0;
};

// A sink that keeps the text.
class StringSink : public Sink {
 public:
  void Write(absl::string_view text) override {
    text_.append(text.data(), text.size());
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace strata

#endif  // STRATA_CORE_FORMATTER_H_
