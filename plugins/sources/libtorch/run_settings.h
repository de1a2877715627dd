// What of LibTorch's settings a run changes, and puts back.

#ifndef STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_SETTINGS_H_
#define STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_SETTINGS_H_

#include <c10/util/Exception.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace strata::libtorch {

// Keeps what LibTorch would print to standard error, for the summary.
class KeptWarnings : public c10::WarningHandler {
 public:
  void process(const c10::Warning& warning) override;
  void Add(absl::string_view what, absl::string_view text);
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
};

// While it lives, the CPU's kernels use so many threads; 0: as many as before.
class UseThreads {
 public:
  explicit UseThreads(int threads);
  ~UseThreads();
  UseThreads(const UseThreads&) = delete;
  UseThreads& operator=(const UseThreads&) = delete;

 private:
  const int before_;
};

}  // namespace strata::libtorch

#endif  // STRATA_PLUGINS_SOURCES_LIBTORCH_RUN_SETTINGS_H_
