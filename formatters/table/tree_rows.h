// The layers that have a row, and the lines that join them.

#ifndef STRATA_FORMATTERS_TABLE_TREE_ROWS_H_
#define STRATA_FORMATTERS_TABLE_TREE_ROWS_H_

#include <string>
#include <vector>

#include "formatters/table/glyphs.h"

namespace strata {
class Layer;    // core/summary.pb.h
class Summary;  // core/summary.pb.h
}  // namespace strata

namespace strata::formatters::table {

struct TreeRow {
  const Layer* layer = nullptr;
  const Layer* last =
      nullptr;    // Of the siblings folded; else the layer itself.
  int count = 1;  // How many siblings it stands for.
  int depth = 0;
  bool has_sibling_below = false;
};

// The rows from the root down to `depth`; the root always has one. `fold`:
// siblings in a row that are alike have one together.
std::vector<TreeRow> TreeRows(const Summary& summary, int depth, bool fold);

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
