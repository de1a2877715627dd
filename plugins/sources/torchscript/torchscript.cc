#include "plugins/sources/torchscript/torchscript.h"

#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/serialization/import.h>

#include <exception>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "plugins/sources/torchscript/lean_archive.h"
#include "plugins/sources/torchscript/pickled_tensors.h"
#include "plugins/sources/torchscript/shape_kernels.h"
#include "plugins/sources/torchscript/torchscript_model.h"
#include "plugins/sources/torchscript/watch_points.h"

namespace strata::torchscript {
namespace {

// Of the module tree, and of the constants in the code.
absl::Status CheckTensors(caffe2::serialize::PyTorchStreamReader& reader) {
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
    const absl::Status status = CheckPickledTensors(
        absl::string_view(static_cast<const char*>(bytes.get()), size),
        record_size);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<torch::jit::Module> LoadAll(const std::string& file) {
  caffe2::serialize::PyTorchStreamReader reader(file);
  const absl::Status tensors = CheckTensors(reader);
  if (!tensors.ok()) return tensors;
  return torch::jit::load(file, c10::kCPU, /*load_debug_files=*/false);
}

absl::StatusOr<torch::jit::Module> LoadShapes(const std::string& file) {
  RegisterShapeKernels();
  absl::StatusOr<std::shared_ptr<LeanArchive>> archive =
      LeanArchive::Open(file);
  if (!archive.ok()) return archive.status();
  caffe2::serialize::PyTorchStreamReader reader(*archive);
  const absl::Status tensors = CheckTensors(reader);
  if (!tensors.ok()) return tensors;
  // On the CPU, in memory that nobody touches: it costs nothing. Loaded as meta
  // tensors, single numbers would lose their values.
  torch::jit::Module module =
      torch::jit::load(*archive, c10::kCPU, /*load_debug_files=*/false);
  UseMetaTensors(module);
  return module;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Model>> TorchScriptSource::Open(
    const std::string& file, const std::string& device) {
  const bool shapes_only = device.empty() || device == kShapeDevice;
  KeptWarnings warnings;
  const c10::WarningUtils::WarningHandlerGuard keep_warnings(&warnings);
  try {
    absl::StatusOr<torch::jit::Module> loaded =
        shapes_only ? LoadShapes(file) : LoadAll(file);
    if (!loaded.ok()) {
      return MakeError(loaded.status().code(), "cannot load model", file,
                       loaded.status().message());
    }
    torch::jit::Module module = *std::move(loaded);
    absl::StatusOr<ReadModules> read = ReadModuleTree(module);
    if (!read.ok()) {
      return MakeError(read.status().code(), "cannot load model", file,
                       read.status().message());
    }
    return std::make_unique<TorchScriptModel>(
        std::move(module), *std::move(read), warnings, shapes_only);
  } catch (const std::exception& e) {
    const std::string text = e.what();
    if (shapes_only) {
      // Packed weights, say, are made of values. Where the file itself is to
      // blame, reading all of it tells better.
      return WithDetail(
          MakeError(absl::StatusCode::kFailedPrecondition, "cannot load model",
                    file,
                    absl::StrCat("it cannot be read without its values: ",
                                 FirstCause(text))),
          text);
    }
    absl::Status error =
        WithDetail(MakeError(absl::StatusCode::kDataLoss, "cannot load model",
                             file, FirstCause(text)),
                   text);
    if (absl::StrContains(text, "maximum supported version")) {
      return WithHint(error,
                      "the file is of a newer format: use a newer LibTorch, or "
                      "save the model with an older PyTorch");
    }
    // `ops.prim.ConstantMKLDNNTensor()` in the code, and no tensor to it.
    if (absl::StrContains(text, "attribute 'value' is undefined")) {
      return WithHint(
          error,
          "torch.jit.optimize_for_inference makes oneDNN constants, "
          "which PyTorch does not save: the weights are not in the "
          "file; save the model before it is optimized");
    }
    if (absl::StrContains(text, "Unknown builtin op")) {
      return WithHint(error,
                      "the model uses an operator of a library that is not "
                      "loaded");
    }
    return error;
  }
}

}  // namespace strata::torchscript
