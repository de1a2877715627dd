// A model that can be looked at and run, and where one comes from.

#ifndef STRATA_CORE_MODEL_H_
#define STRATA_CORE_MODEL_H_

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/module_tree.h"
#include "core/module_visitor.h"
#include "core/phases.h"
#include "core/tensor_spec.h"

namespace strata {

// The device on which shapes are propagated and nothing is computed.
inline constexpr char kShapeDevice[] = "shape";

// One positional input: integers are zeros (so that they can index an
// embedding), bools false, and floating-point values uniform in [0, 1).
struct InputSpec {
  Shape shape;
  DType dtype = DType::kFloat32;
};

// A size that the model leaves open ("batch"), as a file with symbolic shapes
// may.
struct Dimension {
  std::string name;
  int64_t hint = 0;  // The size it had when the file was made.
  int64_t min = 0;   // Sizes that it may have, both ends included.
  int64_t max = std::numeric_limits<int64_t>::max();
};

struct RunOptions {
  std::vector<InputSpec> inputs;
  // Where it is set, the real inputs are taken from this file, in place of
  // `inputs`: a tensor, a tuple or a list (positional), or a dict (by the names
  // of forward's arguments), saved by torch.save.
  std::string inputs_file;
  std::string device;  // One of Model::devices(); empty for the first of them.
  bool training = false;
  // Keeps what the backward pass would need, as a step of training does.
  bool gradients = false;
  // Without it no operator is watched, which makes the run cheaper.
  bool watch_operators = true;
  bool watch_memory = false;
  // For the clock: see RunInfo::timed. No operators and no memory are watched
  // then, and without `watch_modules` nothing is, but how long it all takes.
  bool timed = false;
  bool warm_up = false;  // Handed on to RunInfo.
  bool watch_modules = true;
  int threads = 0;  // That the CPU's kernels may use; 0: LibTorch's choice.
  // Sizes for Model::dimensions(), by name; those not named have their hints.
  std::vector<std::pair<std::string, int64_t>> dimensions;
  int64_t batch = 0;               // Handed on to RunInfo.
  int64_t memory_limit_bytes = 0;  // Handed on to RunInfo.
  // The run is ended, with kCancelled, once this is true. Looked at as the time
  // is; null: nobody will.
  const std::atomic<bool>* cancelled = nullptr;
  // The run is ended after this long, with kDeadlineExceeded. It is looked at
  // between operators: one that runs for long is not cut short.
  absl::Duration timeout = absl::InfiniteDuration();
  Phases* phases = nullptr;  // Where it notes its parts; null: nobody asks.
};

// The conditions that the options of a run on `device` say; for a source, which
// knows the others.
inline RunInfo ConditionsOf(const RunOptions& options, std::string device) {
  RunInfo info;
  info.device = std::move(device);
  info.training = options.training;
  info.gradients = options.gradients;
  info.watches_memory = options.watch_memory && !options.timed;
  info.timed = options.timed;
  info.warm_up = options.warm_up;
  info.watches_modules = options.watch_modules;
  info.batch = options.batch;
  info.memory_limit_bytes = options.memory_limit_bytes;
  return info;
}

// A model. Not thread-safe. A run may change the mode and the buffers of what
// was loaded, never the user's file; a model in the user's own process must be
// left as it was.
class Model {
 public:
  virtual ~Model() = default;

  // Its modules. Lives as long as the model and never changes.
  virtual const ModuleTree& modules() const = 0;

  // Where it can run, the default first; empty when it cannot run at all.
  virtual std::vector<std::string> devices() const = 0;

  // Sizes that are left open.
  virtual std::vector<Dimension> dimensions() const { return {}; }
  // Whether the file says what its inputs are: it can be run without any.
  virtual bool has_recorded_inputs() const { return false; }

  // Runs forward once and tells `visitor` what happens. Errors:
  //   kInvalidArgument: the inputs do not fit forward's signature;
  //   kUnimplemented: no such device;
  //   kDeadlineExceeded, kCancelled: the time was up, it was to end; the
  //   message says where it was;
  //   kResourceExhausted: no memory; the message says where, and how much was
  //   asked for;
  //   kUnavailable: the device was lost;
  //   kFailedPrecondition: on the device "shape", an operator needed values;
  //   the message names it and the module;
  //   kInternal: forward raised; the message names the module that was running
  //   and the shapes it was given (LibTorch's own words: see ErrorDetail).
  virtual absl::Status Run(const RunOptions& options,
                           ModuleVisitor& visitor) = 0;

  // What the user should know of this file ("this file was frozen: …"). Asked
  // for after the run.
  virtual std::vector<std::string> warnings() const { return {}; }

  // Modules (by their place in the tree) of which it was worked out, and not
  // seen, when they were called and what ran in them. Asked for after the run.
  virtual std::vector<int> inferred_modules() const { return {}; }
};

struct OpenOptions {
  // To be run on: one of Model::devices(), or empty for the first of them. A
  // source that can read less for it does ("shape" needs no weights).
  std::string device;
  std::string program;  // Of several in one archive; empty: the only one.
  // Shared libraries that register operators which the model's code calls.
  std::vector<std::string> op_libraries;
  Phases* phases = nullptr;  // As in RunOptions.
};

// Opens files of one kind. A plugin's descriptor says by which content a file
// is recognised, so that the host asks only the source that fits.
class ModelSource {
 public:
  virtual ~ModelSource() = default;

  // Opens `file`. An error names the file (or the library of operators), what
  // was expected and what was found; kUnimplemented: no such device.
  virtual absl::StatusOr<std::unique_ptr<Model>> Open(
      const std::string& file, const OpenOptions& options) = 0;
};

}  // namespace strata

#endif  // STRATA_CORE_MODEL_H_
