// Settings that graphs inside of a program run under.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_RUN_GRAPH_SETTINGS_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_RUN_GRAPH_SETTINGS_H_

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <vector>

#include "absl/status/status.h"
#include "plugins/sources/exported_program/program.h"

namespace strata::exported_run {

// Those of this thread. When it ends, they are as before.
class GraphSettings {
 public:
  // What the file says of a device is for `device`.
  explicit GraphSettings(c10::Device device);
  ~GraphSettings();
  GraphSettings(const GraphSettings&) = delete;
  GraphSettings& operator=(const GraphSettings&) = delete;

  // Whether the node, which wraps a graph, says what it must.
  static absl::Status Check(const exported_program::Program& program,
                            const exported_program::Node& node);

  // As the node says, until Reset. Nested.
  void Set(const exported_program::Program& program,
           const exported_program::Node& node);
  void Reset();

 private:
  // What was before.
  struct Saved {
    bool gradients;
    bool autocast;
    at::ScalarType autocast_dtype;
    bool is_autocast = false;  // It was changed.
  };

  const c10::Device device_;
  const bool gradients_;  // Whether the run has any.
  std::vector<Saved> saved_;
};

}  // namespace strata::exported_run

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_RUN_GRAPH_SETTINGS_H_
