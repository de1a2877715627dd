#include "python/extension/live_model.h"

#include <exception>

#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "plugins/sources/libtorch/run_errors.h"
#include "plugins/sources/libtorch/run_settings.h"
#include "python/extension/values.h"
#include "python/extension/watch.h"

namespace strata::python {
namespace {

namespace py = pybind11;

// What a tuple of a module has, in this order.
enum Field {
  kPath,
  kName,
  kType,
  kFullType,
  kParent,
  kIsContainer,
  kIdentity,
  kParameters,  // Tuples: name, tensor, whether it is trained.
  kBuffers,     // Tuples: name, tensor.
  kAttributes,  // Tuples: name, text.
  kNumber,      // Of the watch; -1: it did not run.
  kParametersKnown,
};

ParameterInfo ReadTensor(const py::tuple& tuple) {
  ParameterInfo info;
  info.name = tuple[0].cast<std::string>();
  info.tensor = SpecOf(tuple[1]);
  info.trainable = tuple.size() > 2 && tuple[2].cast<bool>();
  return info;
}

Module ReadModule(const py::tuple& fields) {
  Module module;
  module.path = fields[kPath].cast<std::string>();
  module.name = fields[kName].cast<std::string>();
  module.type = fields[kType].cast<std::string>();
  module.full_type = fields[kFullType].cast<std::string>();
  module.parent = fields[kParent].cast<int>();
  if (fields[kIsContainer].cast<bool>()) module.kind = ModuleKind::kContainer;
  module.identity = fields[kIdentity].cast<uint64_t>();
  for (const auto& tuple : fields[kParameters].cast<py::list>()) {
    module.parameters.push_back(ReadTensor(tuple.cast<py::tuple>()));
  }
  for (const auto& tuple : fields[kBuffers].cast<py::list>()) {
    module.buffers.push_back(ReadTensor(tuple.cast<py::tuple>()));
  }
  for (const auto& pair : fields[kAttributes].cast<py::list>()) {
    const auto attribute = pair.cast<py::tuple>();
    module.attributes.emplace_back(attribute[0].cast<std::string>(),
                                   attribute[1].cast<std::string>());
  }
  module.parameters_known = fields[kParametersKnown].cast<bool>();
  return module;
}

// The device, as far as LibTorch knows it; "shape" is none.
c10::Device DeviceOf(const std::string& device) {
  return c10::Device(device == kShapeDevice ? "meta" : device);
}

}  // namespace

LiveTree ReadTree(py::list modules, int numbers) {
  LiveTree live;
  live.places.resize(numbers);
  for (const auto& item : modules) {
    const auto fields = item.cast<py::tuple>();
    Module module = ReadModule(fields);
    const int place = live.tree.size();
    if (module.parent >= place) throw py::value_error("a child comes first");
    if (module.parent >= 0) {
      module.depth = live.tree.modules[module.parent].depth + 1;
    }
    const int number = fields[kNumber].cast<int>();
    if (number >= 0) live.places.at(number).push_back(place);
    live.tree.modules.push_back(std::move(module));
  }
  if (live.tree.modules.empty()) throw py::value_error("there is no module");
  return live;
}

LiveModel::LiveModel(LiveTree tree, std::shared_ptr<Recording> first,
                     std::string error, std::string device, py::object again,
                     py::object timed)
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
    visitor.BeginRun(tree_.tree, conditions);
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
  visitor.BeginRun(tree_.tree, conditions);
  recording->Replay(tree_.tree, tree_.places, visitor);
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
    return PlaceBelow(tree_.tree, tree_.places[number], running);
  };
  try {
    const py::object ran = timed_(options.watch_modules);
    ran.cast<const Clock&>().clock().Tell(tree_.tree, module_of, visitor);
  } catch (py::error_already_set& e) {
    if (!e.matches(PyExc_Exception)) throw;
    return absl::InternalError(e.what());
  }
  visitor.EndRun();
  return absl::OkStatus();
}

}  // namespace strata::python
