// A model that can be looked at and run, and where one comes from.

#ifndef STRATA_CORE_MODEL_H_
#define STRATA_CORE_MODEL_H_

#include <memory>
#include <string>
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
  // The run is ended after this long, with kDeadlineExceeded. It is looked at
  // between operators: one that runs for long is not cut short.
  absl::Duration timeout = absl::InfiniteDuration();
  Phases* phases = nullptr;  // Where it notes its parts; null: nobody asks.
};

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

  // Runs forward once and tells `visitor` what happens. Errors:
  //   kInvalidArgument: the inputs do not fit forward's signature;
  //   kUnimplemented: no such device;
  //   kDeadlineExceeded: the time was up; the message says where it was;
  //   kFailedPrecondition: on the device "shape", an operator needed values;
  //   the message names it and the module;
  //   kInternal: forward raised; the message names the module that was running
  //   and the shapes it was given (LibTorch's own words: see ErrorDetail).
  virtual absl::Status Run(const RunOptions& options,
                           ModuleVisitor& visitor) = 0;

  // What the user should know of this file ("this file was frozen: …"). Asked
  // for after the run.
  virtual std::vector<std::string> warnings() const { return {}; }
};

struct OpenOptions {
  // To be run on: one of Model::devices(), or empty for the first of them. A
  // source that can read less for it does ("shape" needs no weights).
  std::string device;
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
  // was expected and what was found.
  virtual absl::StatusOr<std::unique_ptr<Model>> Open(
      const std::string& file, const OpenOptions& options) = 0;
};

}  // namespace strata

#endif  // STRATA_CORE_MODEL_H_
