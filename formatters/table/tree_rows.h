// The layers that have a row, and the lines that join them.

#ifndef STRATA_FORMATTERS_TABLE_TREE_ROWS_H_
#define STRATA_FORMATTERS_TABLE_TREE_ROWS_H_

#include <string>
#include <vector>

#include "formatters/table/glyphs.h"

namespace strata {
struct FormatOptions;  // core/formatter.h
class Layer;           // core/summary.pb.h
class Parameter;       // core/summary.pb.h
class Summary;         // core/summary.pb.h
}  // namespace strata

namespace strata::formatters::table {

// A row of a layer, or of a parameter that it holds.
struct TreeRow {
  const Layer* layer = nullptr;
  const Parameter* parameter = nullptr;    // nullptr: it is the layer's row.
  const std::string* last_name = nullptr;  // Of the siblings folded, if any.
  int place = 0;                           // The layer's, in the summary.
  int count = 1;                           // How many siblings it stands for.
  int depth = 0;
  bool has_sibling_below = false;
  // With options.depth_index, of a layer's row: running numbers, as in "1-3",
  // of the layer and of the last of the siblings folded. Else 0.
  int depth_number = 0;
  int last_depth_number = 0;
};

// The rows from the root down to options.depth; the root always has one. A
// layer that has children has a row, in front of them, for each parameter that
// it holds itself; with options.parameter_rows every layer has. With
// options.hide_recursive only the first place of a module has rows. With
// options.fold siblings in a row that are alike have one together.
std::vector<TreeRow> TreeRows(const Summary& summary,
                              const FormatOptions& options);

// Draws what stands before a row's name. Takes the rows in their order, since
// it remembers which levels go on: a row that held its own lines would make a
// deep model's table quadratic.
class TreeLines {
 public:
  // Deeper than max_levels, a row has its level as a number in place of lines
  // ("      …40 ├─ "), in as many cells.
  TreeLines(const Glyphs& glyphs, int max_levels)
      : glyphs_(glyphs), max_levels_(max_levels) {}

  std::string Next(const TreeRow& row);

 private:
  std::string NumberedLevel(int depth) const;

  const Glyphs& glyphs_;
  const int max_levels_;
  std::vector<bool> goes_on_;  // By depth, of the row last drawn.
};

}  // namespace strata::formatters::table

#endif  // STRATA_FORMATTERS_TABLE_TREE_ROWS_H_
