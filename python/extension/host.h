// The kernel, for Python.

#ifndef STRATA_PYTHON_EXTENSION_HOST_H_
#define STRATA_PYTHON_EXTENSION_HOST_H_

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <vector>

#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "python/extension/recording.h"
#include "python/extension/tree_reader.h"

namespace strata::python {

// A run of a live module, as Python hands it over; see LiveModel. It holds
// nothing that leads back to the module: Python's search for circles does not
// see into it.
struct LiveRun {
  std::shared_ptr<LiveTree> tree;
  std::shared_ptr<Recording> recording;  // Null: nothing ran.
  std::string error;
  std::string device;
  std::vector<std::string> warnings;
};

// Plugins, and what is done with them. `settings` has the keys `metrics`
// (names, or tuples of a metric in Python: name, object, title, unit, real),
// `set` (a dict of options' texts), `training`, `partial`, `runs`, `warmup`,
// `min_time`, `threads`; of files also `device`, `inputs` (text),
// `inputs_file`, `program`, `dimensions`, `hide_file`. Summaries are the bytes
// of the message.
class Host {
 public:
  Host(const std::vector<std::string>& folders, bool trust_all);

  pybind11::list Plugins() const;
  pybind11::bytes SummarizeLive(const LiveRun& run,
                                const pybind11::dict& settings,
                                pybind11::object again, pybind11::object timed);
  pybind11::bytes SummarizeFile(const std::string& file,
                                const pybind11::dict& settings);
  std::string Format(const std::string& summary, const std::string& formatter,
                     const pybind11::dict& options,
                     const pybind11::dict& settings);

 private:
  void Configure(const pybind11::dict& settings, Summarizer& summarizer);

  PluginHost host_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_HOST_H_
