#include "plugins/sources/libtorch/run_settings.h"

#include <ATen/Parallel.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "plugins/sources/libtorch/run_errors.h"

namespace strata::libtorch {

void KeptWarnings::process(const c10::Warning& warning) {
  // What LibTorch will lose some day, and which of its code it chooses, tells
  // nothing of the model.
  for (const char* text :
       {"deprecated and will be removed", "Using default implementation",
        // Shape kernels of ours take the place of PyTorch's in Python.
        "other operators may also be overridden"}) {
    if (absl::StrContains(warning.msg(), text)) return;
  }
  Add("LibTorch warned: ", FirstCause(warning.msg()));
}

void KeptWarnings::Add(absl::string_view what, absl::string_view text) {
  texts_.push_back(absl::StrCat(what, absl::StripAsciiWhitespace(text)));
}

UseThreads::UseThreads(int threads) : before_(at::get_num_threads()) {
  if (threads > 0) at::set_num_threads(threads);
}

UseThreads::~UseThreads() {
  if (at::get_num_threads() != before_) at::set_num_threads(before_);
}

}  // namespace strata::libtorch
