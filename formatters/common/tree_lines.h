// The lines that join a tree's rows.

#ifndef STRATA_FORMATTERS_COMMON_TREE_LINES_H_
#define STRATA_FORMATTERS_COMMON_TREE_LINES_H_

#include <string>
#include <vector>

#include "formatters/common/glyphs.h"
#include "formatters/common/tree_rows.h"

namespace strata::formatters {

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

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_COMMON_TREE_LINES_H_
