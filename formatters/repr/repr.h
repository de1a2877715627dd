// The formatter `repr`: what print(model) prints.

#ifndef STRATA_FORMATTERS_REPR_REPR_H_
#define STRATA_FORMATTERS_REPR_REPR_H_

#include "core/formatter.h"

namespace strata::formatters {

// As PyTorch 2.13 prints a module, as far as the file knows it: the classes,
// their names, what PyTorch's and torchvision's own layers say of themselves,
// and repeated blocks of a ModuleList as "(0-11): 12 x Block(". README.md says
// what a file has lost.
//   All modules are printed, whatever the options of rows are, down to level
//   300, where Python itself gives up; what is deeper is "Class(...)".
class ReprFormatter : public Formatter {
 public:
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_REPR_REPR_H_
