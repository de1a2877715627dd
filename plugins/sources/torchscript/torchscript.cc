#include "plugins/sources/torchscript/torchscript.h"

#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/serialization/import.h>

#include <exception>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "plugins/sources/libtorch/devices.h"
#include "plugins/sources/libtorch/op_libraries.h"
#include "plugins/sources/libtorch/run_errors.h"
#include "plugins/sources/libtorch/run_settings.h"
#include "plugins/sources/torchscript/packed_shapes.h"
#include "plugins/sources/torchscript/pickled_tensors.h"
#include "plugins/sources/torchscript/shape_kernels.h"
#include "plugins/sources/torchscript/shape_loader.h"
#include "plugins/sources/torchscript/torchscript_model.h"

namespace strata::torchscript {
namespace {

// Of the module tree, and of the constants in the code. Tells whether there are
// objects of LibTorch's own, too.
absl::StatusOr<bool> CheckTensors(
    caffe2::serialize::PyTorchStreamReader& reader) {
  bool has_packed = false;
  for (const char* name : {"data", "constants"}) {
    const std::string pickle = absl::StrCat(name, ".pkl");
    if (!reader.hasRecord(pickle)) continue;
    const auto [bytes, size] = reader.getRecord(pickle);
    const auto record_size =
        [&](const std::string& key) -> std::optional<int64_t> {
      const std::string record = absl::StrCat(name, "/", key);
      if (!reader.hasRecord(record)) return std::nullopt;
      return static_cast<int64_t>(reader.getRecordSize(record));
    };
    const absl::string_view text(static_cast<const char*>(bytes.get()), size);
    const absl::Status status = CheckPickledTensors(text, record_size);
    if (!status.ok()) return status;
    has_packed |= absl::StrContains(text, "torch.classes.") ||
                  absl::StrContains(text, "_rebuild_qtensor");
  }
  return has_packed;
}

// What it raises but for damage, loading all of the file tells better.
absl::Status CheckPacked(const std::string& file) {
  RegisterShapeKernels();
  try {
    const absl::StatusOr<ShapeModule> shapes = LoadShapes(file, nullptr);
  } catch (const std::exception&) {
  }
  TakeOperatorThatNeededValues();
  const std::string damage = TakePackedDamage();
  return damage.empty() ? absl::OkStatus() : absl::DataLossError(damage);
}

absl::StatusOr<torch::jit::Module> LoadAll(const std::string& file,
                                           c10::Device device, Phases* phases) {
  BeginPhase(phases, "check tensors");
  caffe2::serialize::PyTorchStreamReader reader(file);
  const absl::StatusOr<bool> has_packed = CheckTensors(reader);
  if (!has_packed.ok()) return has_packed.status();
  if (*has_packed) {
    // Of some that are damaged LibTorch makes objects that end the process.
    const absl::Status packed = CheckPacked(file);
    if (!packed.ok()) return packed;
  }
  BeginPhase(phases, "load code and weights");
  return torch::jit::load(file, device, /*load_debug_files=*/false);
}

absl::StatusOr<torch::jit::Module> LoadForShapes(
    const std::string& file, Phases* phases, libtorch::KeptWarnings& warnings) {
  BeginPhase(phases, "register shape kernels");
  RegisterShapeKernels();
  absl::StatusOr<ShapeModule> shapes = LoadShapes(file, phases);
  if (!shapes.ok()) return shapes.status();
  for (const std::string& warning : shapes->warnings) warnings.Add("", warning);
  return shapes->module;
}

// What LibTorch raised when it read the file.
absl::Status LoadError(const std::string& file, const std::string& text,
                       bool shapes_only) {
  constexpr absl::string_view kWhat = "cannot load model";
  const auto error = [&](absl::StatusCode code, absl::string_view why) {
    return WithDetail(MakeError(code, kWhat, file, why), text);
  };
  if (absl::StrContains(text, "Unknown builtin op")) {
    return WithHint(
        error(absl::StatusCode::kNotFound, libtorch::FirstCause(text)),
        "the model calls an operator of a library that is not loaded: name it "
        "with --op_library=FILE.so");
  }
  if (shapes_only) {
    // Packed weights, say, are made of values. Where the file itself is to
    // blame, reading all of it tells better.
    return error(absl::StatusCode::kFailedPrecondition,
                 absl::StrCat("it cannot be read without its values: ",
                              libtorch::FirstCause(text)));
  }
  const absl::Status damaged =
      error(absl::StatusCode::kDataLoss, libtorch::FirstCause(text));
  if (absl::StrContains(text, "maximum supported version")) {
    return WithHint(damaged,
                    "the file is of a newer format: use a newer LibTorch, or "
                    "save the model with an older PyTorch");
  }
  // `ops.prim.ConstantMKLDNNTensor()` in the code, and no tensor to it.
  if (absl::StrContains(text, "attribute 'value' is undefined")) {
    return WithHint(damaged,
                    "torch.jit.optimize_for_inference makes oneDNN constants, "
                    "which PyTorch does not save: the weights are not in the "
                    "file; save the model before it is optimized");
  }
  return damaged;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Model>> TorchScriptSource::Open(
    const std::string& file, const OpenOptions& options) {
  const bool shapes_only =
      options.device.empty() || options.device == kShapeDevice;
  const absl::StatusOr<c10::Device> device =
      shapes_only ? c10::Device(c10::kMeta)
                  : libtorch::FindDevice(options.device);
  if (!device.ok()) {
    return MakeError(device.status().code(), "cannot run model", file,
                     device.status().message());
  }
  const absl::Status operators =
      libtorch::LoadOpLibraries(options.op_libraries);
  if (!operators.ok()) return operators;
  libtorch::KeptWarnings warnings;
  const c10::WarningUtils::WarningHandlerGuard keep_warnings(&warnings);
  try {
    absl::StatusOr<torch::jit::Module> loaded =
        shapes_only ? LoadForShapes(file, options.phases, warnings)
                    : LoadAll(file, *device, options.phases);
    if (!loaded.ok()) {
      return MakeError(loaded.status().code(), "cannot load model", file,
                       loaded.status().message());
    }
    torch::jit::Module module = *std::move(loaded);
    BeginPhase(options.phases, "read the modules");
    absl::StatusOr<ReadModules> read = ReadModuleTree(module);
    if (!read.ok()) {
      return MakeError(read.status().code(), "cannot load model", file,
                       read.status().message());
    }
    return std::make_unique<TorchScriptModel>(
        std::move(module), *std::move(read), warnings, *device);
  } catch (const std::exception& e) {
    TakeOperatorThatNeededValues();
    const std::string damage = TakePackedDamage();
    if (!damage.empty()) {
      return MakeError(absl::StatusCode::kDataLoss, "cannot load model", file,
                       damage);
    }
    return LoadError(file, e.what(), shapes_only);
  }
}

}  // namespace strata::torchscript
