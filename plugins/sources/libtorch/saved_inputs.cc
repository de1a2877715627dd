#include "plugins/sources/libtorch/saved_inputs.h"

#include <caffe2/serialize/inline_container.h>
#include <torch/csrc/jit/serialization/import_read.h>

#include <exception>
#include <filesystem>
#include <optional>
#include <system_error>

#include "absl/strings/string_view.h"
#include "core/error.h"
#include "plugins/sources/libtorch/run_errors.h"

namespace strata::libtorch {

absl::StatusOr<c10::IValue> ReadInputs(const std::string& file) {
  constexpr absl::string_view kWhat = "cannot read inputs";
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return MakeError(absl::StatusCode::kNotFound, kWhat, file, "no such file");
  }
  try {
    caffe2::serialize::PyTorchStreamReader reader(file);
    if (reader.hasRecord("constants.pkl")) {
      return MakeError(absl::StatusCode::kInvalidArgument, kWhat, file,
                       "it is a model; expected tensors, saved by torch.save");
    }
    return torch::jit::readArchiveAndTensors("data", "", "", std::nullopt,
                                             std::nullopt,
                                             at::Device(c10::kCPU), reader);
  } catch (const std::exception& e) {
    return WithHint(
        WithDetail(MakeError(absl::StatusCode::kDataLoss, kWhat, file,
                             FirstCause(e.what())),
                   e.what()),
        "expected a tensor, a tuple or a dict of tensors, saved by torch.save "
        "of PyTorch 1.6 or newer");
  }
}

}  // namespace strata::libtorch
