#include "python/extension/live_model.h"

#include <exception>

#include "core/error.h"
#include "plugins/sources/libtorch/run_errors.h"
#include "plugins/sources/libtorch/run_settings.h"
#include "python/extension/watch.h"

namespace strata::python {
namespace {

namespace py = pybind11;

// The device, as far as LibTorch knows it; "shape" is none.
c10::Device DeviceOf(const std::string& device) {
  return c10::Device(device == kShapeDevice ? "meta" : device);
}

}  // namespace

LiveModel::LiveModel(std::shared_ptr<const LiveTree> tree,
                     std::shared_ptr<Recording> first, std::string error,
                     std::string device, py::object again, py::object timed)
    : tree_(std::move(tree)),
      first_(std::move(first)),
      error_(std::move(error)),
      device_(std::move(device)),
      again_(std::move(again)),
      timed_(std::move(timed)),
      access_(DeviceOf(device_)) {}

absl::Status LiveModel::Run(const RunOptions& options, ModuleVisitor& visitor) {
  const libtorch::UseThreads threads(options.threads);
  RunInfo conditions = ConditionsOf(options, device_);
  if (device_ != kShapeDevice) {
    libtorch::AddConditions(DeviceOf(device_), conditions);
    conditions.access = &access_;
  }
  if (options.timed) {
    visitor.BeginRun(tree_->tree, conditions);
    return RunTimed(options, visitor);
  }
  std::shared_ptr<Recording> recording = first_;
  if (has_told_first_) {
    try {
      recording = again_(options.training, options.watch_memory)
                      .cast<std::shared_ptr<Recording>>();
    } catch (py::error_already_set& e) {
      if (!e.matches(PyExc_Exception)) throw;  // Ctrl-C.
      return absl::InternalError(e.what());
    }
  }
  visitor.BeginRun(tree_->tree, conditions);
  recording->Replay(tree_->tree, tree_->places, visitor);
  if (!std::exchange(has_told_first_, true) && !error_.empty()) {
    return absl::InternalError(error_);
  }
  visitor.EndRun();
  return absl::OkStatus();
}

absl::Status LiveModel::RunTimed(const RunOptions& options,
                                 ModuleVisitor& visitor) {
  const absl::Status ready = access_.Synchronize();
  if (!ready.ok()) return ready;
  const auto module_of = [this](libtorch::RunningId number, int running) {
    return PlaceBelow(tree_->tree, PlacesOf(number, tree_->places), running);
  };
  try {
    const py::object ran = timed_(options.watch_modules);
    ran.cast<const Clock&>().clock().Tell(tree_->tree, module_of, visitor);
  } catch (py::error_already_set& e) {
    if (!e.matches(PyExc_Exception)) throw;
    return absl::InternalError(e.what());
  }
  visitor.EndRun();
  return absl::OkStatus();
}

}  // namespace strata::python
