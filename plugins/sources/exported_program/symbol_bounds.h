// The open sizes of a program, from all that its file says of them.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_SYMBOL_BOUNDS_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_SYMBOL_BOUNDS_H_

#include <cstdint>
#include <limits>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_program {

struct Bounds {
  int64_t min = 0;
  int64_t max = std::numeric_limits<int64_t>::max();
};

using SymbolBounds = absl::flat_hash_map<absl::string_view, Bounds>;

// Fills in program.dimensions: the symbols with the sizes that they had, as far
// as a size tells.
void AddDimensions(const SymbolBounds& bounds, Program& program);

}  // namespace strata::exported_program

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_SYMBOL_BOUNDS_H_
