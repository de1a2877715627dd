// Long chains of modules in TorchScript's text, as nn.Sequential writes them.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_CHAIN_CODE_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_CHAIN_CODE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace strata::torchscript {

// A class whose forward does nothing but give its input to one of its modules,
// what that gives to the next one, and so on.
struct ChainClass {
  std::string name;                  // "Sequential", without its module.
  std::vector<std::string> modules;  // In registration order: "0", "1".
  std::vector<int> calls;  // Indices in `modules`, in forward's order.
};

// The attribute that holds a chain's modules in the text that LibTorch reads.
inline constexpr char kChainAttribute[] = "_strata_chain";

// LibTorch's work on a class grows with the square of its attributes, and for a
// straight line of calls it does far more than there is to know. In the classes
// of `source` that are such chains of at least `least` modules, the modules
// become one list, and forward a call of `strata::run_chain`; all other text,
// the other classes', stays as it is. Only exactly what torch.jit.save writes
// is taken for a chain. Returns the chains; none: the text is unchanged.
std::vector<ChainClass> ShortenChains(std::string& source, int least);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_CHAIN_CODE_H_
