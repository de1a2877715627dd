#include "formatters/markdown/label.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/columns.h"
#include "core/summary.pb.h"
#include "formatters/common/glyphs.h"
#include "formatters/markdown/escape.h"

namespace strata::formatters::markdown {
namespace {

// A page has no room for more, and rows of a deep model would grow with it.
constexpr int kMaxLevels = 12;

bool HasFlag(const Layer& layer, absl::string_view flag) {
  return std::find(layer.flags().begin(), layer.flags().end(), flag) !=
         layer.flags().end();
}

std::string Indent(int depth, const Glyphs& glyphs) {
  std::string indent;
  for (int i = 0; i < std::min(depth, kMaxLevels); ++i) indent += "&emsp;";
  if (depth > kMaxLevels) absl::StrAppend(&indent, glyphs.ellipsis, depth, " ");
  return indent;
}

class LabelWriter {
 public:
  LabelWriter(const TreeRow& row, const FormatOptions& options)
      : row_(row), options_(options), glyphs_(GetGlyphs(options.unicode)) {}

  std::string Write() {
    label_ = Indent(row_.depth, glyphs_);
    if (row_.parameter != nullptr) {
      AddParameter();
    } else {
      AddLayer();
    }
    return std::move(label_);
  }

 private:
  // "`conv1`", or "`1` … `35`" of siblings folded.
  void AddName(absl::string_view name) {
    absl::StrAppend(&label_, Code(name, options_.unicode));
    if (row_.count == 1) return;
    absl::StrAppend(&label_, " ", glyphs_.ellipsis, " ",
                    Code(*row_.last_name, options_.unicode));
  }

  void AddTimes(int count) {
    if (count > 1) absl::StrAppend(&label_, " ", glyphs_.times, count);
  }

  void AddMark(absl::string_view mark) {
    absl::StrAppend(&label_, options_.unicode ? " · " : " - ", mark);
  }

  void AddShared(absl::string_view with, int more) {
    std::string mark = "shared";
    if (!with.empty()) {
      absl::StrAppend(&mark, " with ", Code(with, options_.unicode));
    }
    if (more > 0) absl::StrAppend(&mark, ", +", more);
    AddMark(mark);
  }

  void AddParameter() {
    AddName(row_.parameter->name());
    absl::StrAppend(&label_, " (parameter ", ShapeCell(*row_.parameter), ")");
    AddTimes(row_.count);
    if (row_.parameter->has_shared_with()) {
      AddShared(row_.parameter->shared_with(), 0);
    }
  }

  void AddLayer() {
    const Layer& layer = *row_.layer;
    const std::string type = Inline(layer.type(), options_.unicode);
    if (row_.depth == 0) {
      absl::StrAppend(&label_, "**", type.empty() ? "?" : type, "**");
      AddTimes(layer.calls_size());
    } else if (!options_.var_names && !type.empty()) {
      label_ += type;
      AddTimes(layer.calls_size());
    } else {
      AddName(layer.name());
      AddTimes(layer.calls_size());
      if (options_.var_names && !type.empty()) {
        absl::StrAppend(&label_, " (", type, ")");
      }
    }
    if (row_.depth > 0 && row_.depth_number > 0) AddIndex();
    if (row_.count > 1) AddTimes(row_.count);
    if (HasFlag(layer, "shared")) {
      AddShared(layer.shared_with().empty() ? "" : layer.shared_with(0),
                layer.shared_with_size() - 1);
    }
    if (HasFlag(layer, "not_executed")) AddMark("not executed");
    if (HasFlag(layer, "inferred")) AddMark("inferred");
  }

  // ": 1-3", as torchinfo has it.
  void AddIndex() {
    absl::StrAppend(&label_, ": ", row_.depth, "-", row_.depth_number);
    if (row_.count == 1) return;
    absl::StrAppend(&label_, " ", glyphs_.ellipsis, " ", row_.depth, "-",
                    row_.last_depth_number);
  }

  const TreeRow& row_;
  const FormatOptions& options_;
  const Glyphs& glyphs_;
  std::string label_;
};

}  // namespace

std::string Label(const TreeRow& row, const FormatOptions& options) {
  return LabelWriter(row, options).Write();
}

}  // namespace strata::formatters::markdown
