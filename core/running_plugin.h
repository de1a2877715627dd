// Which plugin's code this thread is in, for who must say so in the end: a
// handler of exit() or std::terminate() has nothing else to tell it.

#ifndef STRATA_CORE_RUNNING_PLUGIN_H_
#define STRATA_CORE_RUNNING_PLUGIN_H_

#include <exception>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace strata {

// Marks the plugin while it lives. The kernel and the program set it around
// each call that leaves them.
class RunningPlugin {
 public:
  // `name`, as "metric 'macs'", must outlive this.
  explicit RunningPlugin(const std::string& name);
  ~RunningPlugin();
  RunningPlugin(const RunningPlugin&) = delete;
  RunningPlugin& operator=(const RunningPlugin&) = delete;

  // The innermost of this thread; empty: none.
  static absl::string_view Current();

 private:
  const std::string* const outer_;
};

// Calls `call`, which returns a Status or a StatusOr, as code of `plugin`. What
// it raises becomes an error (kInternal).
template <typename Call>
auto CallPlugin(const std::string& plugin, Call call) -> decltype(call()) {
  const RunningPlugin running(plugin);
  try {
    return call();
  } catch (const std::exception& e) {
    return absl::InternalError(absl::StrCat("it raised '", e.what(), "'"));
  } catch (...) {
    return absl::InternalError("it raised something that is no std::exception");
  }
}

}  // namespace strata

#endif  // STRATA_CORE_RUNNING_PLUGIN_H_
