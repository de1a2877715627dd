#include "plugins/sources/torchscript/pickled_tensors.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/count.h"
#include "core/tensor_spec.h"
#include "plugins/sources/torchscript/pickle_machine.h"

namespace strata::torchscript {
namespace {

int ElementBytes(absl::string_view storage_type) {
  constexpr std::pair<absl::string_view, DType> kStorages[] = {
      {"FloatStorage", DType::kFloat32},
      {"DoubleStorage", DType::kFloat64},
      {"HalfStorage", DType::kFloat16},
      {"BFloat16Storage", DType::kBFloat16},
      {"LongStorage", DType::kInt64},
      {"IntStorage", DType::kInt32},
      {"ShortStorage", DType::kInt16},
      {"CharStorage", DType::kInt8},
      {"ByteStorage", DType::kUInt8},
      {"BoolStorage", DType::kBool},
      {"ComplexFloatStorage", DType::kComplex64},
      {"ComplexDoubleStorage", DType::kComplex128},
      {"QInt8Storage", DType::kQInt8},
      {"QUInt8Storage", DType::kQUInt8},
      {"QInt32Storage", DType::kQInt32},
  };
  for (const auto& [name, dtype] : kStorages) {
    if (name == storage_type) return DTypeBytes(dtype);
  }
  return 0;
}

// What is wrong with it; "" where nothing is.
std::string WrongWith(const PickledTensor& tensor,
                      const RecordSize& record_size) {
  const std::vector<int64_t>& sizes = tensor.sizes;
  const std::vector<int64_t>& strides = tensor.strides;
  const auto text = [](const std::vector<int64_t>& values) {
    return absl::StrCat("[", absl::StrJoin(values, ", "), "]");
  };
  const auto is_negative = [](int64_t value) { return value < 0; };
  if (sizes.size() != strides.size()) {
    return absl::StrCat("has ", sizes.size(), " sizes and ", strides.size(),
                        " strides");
  }
  if (std::any_of(sizes.begin(), sizes.end(), is_negative)) {
    return absl::StrCat("has a negative size: ", text(sizes));
  }
  if (std::any_of(strides.begin(), strides.end(), is_negative)) {
    return absl::StrCat("has a negative stride: ", text(strides));
  }
  if (tensor.offset < 0) {
    return absl::StrCat("has a negative storage offset: ", tensor.offset);
  }
  const Count elements = Product(sizes);
  if (!elements.known()) {
    return absl::StrCat("has more elements than 64 bits can count: ",
                        text(sizes));
  }
  // One past the last element that it shows.
  Count end = tensor.offset;
  if (!(elements == Count(0))) {
    end += 1;
    for (size_t i = 0; i < sizes.size(); ++i) {
      end += Count(sizes[i] - 1) * strides[i];
    }
  }
  if (!end.known() || *end.value() > tensor.storage_elements) {
    return absl::StrCat("reaches outside of its storage: sizes ", text(sizes),
                        ", strides ", text(strides), ", offset ", tensor.offset,
                        ", and ", tensor.storage_elements,
                        " elements in the storage");
  }
  const int bytes = ElementBytes(tensor.storage_type);
  const std::optional<int64_t> record = record_size(tensor.storage_key);
  if (bytes == 0 || !record) return "";
  const Count wanted = Count(tensor.storage_elements) * bytes;
  if (wanted.known() && *wanted.value() <= *record) return "";
  return absl::StrCat(
      "has a storage of ", tensor.storage_elements, " elements of ", bytes,
      " bytes, and its record in the file has ", *record, " bytes");
}

}  // namespace

absl::Status CheckPickledTensors(absl::string_view pickle,
                                 const RecordSize& record_size) {
  absl::Status error;
  VisitPickledTensors(pickle, [&](const PickledTensor& tensor,
                                  const std::function<std::string()>& name) {
    const std::string wrong = WrongWith(tensor, record_size);
    if (wrong.empty()) return true;
    const std::string path = name();
    error = absl::DataLossError(absl::StrCat(
        path.empty() ? "a tensor" : absl::StrCat("the tensor '", path, "'"),
        " ", wrong));
    return false;
  });
  return error;
}

}  // namespace strata::torchscript
