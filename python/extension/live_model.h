// A Python module that has run, as a model.

#ifndef STRATA_PYTHON_EXTENSION_LIVE_MODEL_H_
#define STRATA_PYTHON_EXTENSION_LIVE_MODEL_H_

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <vector>

#include "core/model.h"
#include "plugins/sources/libtorch/devices.h"
#include "python/extension/recording.h"
#include "python/extension/tree_reader.h"

namespace strata::python {

// Its first run has happened; further ones (in training mode, for the clock)
// are asked of Python.
class LiveModel : public Model {
 public:
  // `first`: null where nothing ran. `error`: why the run ended early; "" if it
  // did not. `device`: "shape", or a device of PyTorch's. `again(training,
  // memory)` gives one more Recording; `timed(watched)` runs it for the
  // clock and gives the Clock; unless `watched` that knows the whole alone.
  LiveModel(std::shared_ptr<const LiveTree> tree,
            std::shared_ptr<Recording> first, std::string error,
            std::string device, pybind11::object again, pybind11::object timed);

  const ModuleTree& modules() const override { return tree_->tree; }
  std::vector<std::string> devices() const override { return {device_}; }
  bool has_recorded_inputs() const override { return first_ != nullptr; }
  absl::Status Run(const RunOptions& options, ModuleVisitor& visitor) override;
  std::vector<std::string> warnings() const override { return warnings_; }
  void Warn(std::string warning) { warnings_.push_back(std::move(warning)); }

 private:
  absl::Status RunTimed(const RunOptions& options, ModuleVisitor& visitor);

  std::shared_ptr<const LiveTree> tree_;
  std::shared_ptr<Recording> first_;
  bool has_told_first_ = false;
  const std::string error_;
  const std::string device_;
  pybind11::object again_, timed_;
  libtorch::TorchDevice access_;
  std::vector<std::string> warnings_;
};

}  // namespace strata::python

#endif  // STRATA_PYTHON_EXTENSION_LIVE_MODEL_H_
