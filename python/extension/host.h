// The kernel, for Python.

#ifndef STRATA_PYTHON_EXTENSION_HOST_H_
#define STRATA_PYTHON_EXTENSION_HOST_H_

#include <google/protobuf/arena.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <vector>

#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "core/summary.pb.h"
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

// A summary, on memory of its own: of many modules it is made, read and given
// back in half the time, and its bytes are made when they are asked for.
class Message {
 public:
  Message()
      : summary_(google::protobuf::Arena::CreateMessage<Summary>(&arena_)) {}
  // Raises a StatusError where they are no summary's.
  explicit Message(const std::string& bytes);

  pybind11::bytes Bytes() const;
  Summary& summary() { return *summary_; }
  const Summary& summary() const { return *summary_; }

 private:
  google::protobuf::Arena arena_;
  Summary* summary_;  // Owned by arena_.
};

// Plugins, and what is done with them. `settings` has the keys `metrics`
// (names, or tuples of a metric in Python: name, object, title, unit, real),
// `set` (a dict of options' texts), `training`, `partial`, `runs`, `warmup`,
// `min_time`, `threads`; of files also `device`, `inputs` (text),
// `inputs_file`, `program`, `dimensions`, `hide_file`.
class Host {
 public:
  Host(const std::vector<std::string>& folders, bool trust_all);

  pybind11::list Plugins() const;
  std::unique_ptr<Message> SummarizeLive(const LiveRun& run,
                                         const pybind11::dict& settings,
                                         pybind11::object again,
                                         pybind11::object timed);
  std::unique_ptr<Message> SummarizeFile(const std::string& file,
                                         const pybind11::dict& settings);
  std::string Format(const Message& summary, const std::string& formatter,
                     const pybind11::dict& options,
                     const pybind11::dict& settings);

 private:
  void Configure(const pybind11::dict& settings, Summarizer& summarizer);

  PluginHost host_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_HOST_H_
