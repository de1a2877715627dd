// What the conformance test of plugins looks at them with.

#ifndef STRATA_TESTS_CONFORMANCE_TOOLS_H_
#define STRATA_TESTS_CONFORMANCE_TOOLS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace strata {

// What is written to standard output while it lives is caught.
class CatchStandardOutput {
 public:
  CatchStandardOutput();
  ~CatchStandardOutput() { Text(); }
  // The end of it, and what was caught.
  std::string Text();

 private:
  std::string file_;
  int saved_;
};

// What a library says to the dynamic linker.
struct DynamicEntries {
  std::vector<std::string> needed;
  bool never_unloaded = false;
};
DynamicEntries ReadDynamicEntries(const std::string& library);

// How many bytes `once` keeps each time it is called; what it keeps for good is
// there after the first times. 0 where nobody counts.
int64_t BytesKept(const std::function<void()>& once);

}  // namespace strata

#endif  // STRATA_TESTS_CONFORMANCE_TOOLS_H_
