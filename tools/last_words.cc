#include "tools/last_words.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/printable.h"
#include "core/running_plugin.h"
#include "tools/output.h"

namespace strata::tools {
namespace {

[[noreturn]] void EndWith(const std::string& what) {
  const absl::string_view plugin = RunningPlugin::Current();
  const std::string line = absl::StrCat(plugin.empty() ? "a library" : plugin,
                                        " ended the program: ", what);
  std::fprintf(stderr, "strata: error: %s\n", Printable(line, true).c_str());
  RemoveTemporaries();
  std::_Exit(1);
}

void OnExit() { EndWith("it called exit()"); }

[[noreturn]] void OnTerminate() {
  std::string what = "an exception that nobody can catch was raised";
  try {
    if (std::current_exception() != nullptr) throw;
  } catch (const std::exception& e) {
    absl::StrAppend(&what, ": ", e.what());
  } catch (...) {
  }
  EndWith(what);
}

}  // namespace

void SayWhoEndsTheProgram() {
  std::atexit(OnExit);
  std::at_quick_exit(OnExit);
  std::set_terminate(OnTerminate);
}

}  // namespace strata::tools
