#include "core/input_size.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/error.h"

namespace strata {
namespace {

constexpr absl::string_view kForm =
    "write sizes joined by x, one shape for each input, with commas between: "
    "1x3x224x224,1x10:int64 (a scalar is ())";

absl::Status Error(absl::string_view text, absl::string_view why) {
  return WithHint(absl::InvalidArgumentError(absl::StrCat(
                      "--input_size does not parse: '", text, "' ", why)),
                  kForm);
}

absl::StatusOr<InputSpec> ParseOne(absl::string_view text) {
  InputSpec spec;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  const absl::string_view sizes = absl::StripAsciiWhitespace(parts.first);
  if (parts.first.size() != text.size()) {
    const absl::string_view name = absl::StripAsciiWhitespace(parts.second);
    const std::optional<DType> dtype = DTypeFromName(name);
    if (!dtype) {
      return WithHint(
          absl::InvalidArgumentError(absl::StrCat(
              "--input_size does not parse: no dtype '", name, "'")),
          NearestNameHint(name, {"float32", "float64", "float16", "bfloat16",
                                 "int64", "int32", "int16", "int8", "uint8",
                                 "bool", "complex64", "complex128"}));
    }
    spec.dtype = *dtype;
  }
  if (sizes == "()") return spec;
  if (sizes.empty()) return Error(text, "has no sizes");
  for (absl::string_view part : absl::StrSplit(sizes, 'x')) {
    int64_t size = 0;
    // SimpleAtoi takes spaces and signs, a size has neither.
    const bool is_number =
        !part.empty() &&
        part.find_first_not_of("0123456789") == absl::string_view::npos;
    if (!is_number) {
      return Error(text, absl::StrCat("has '", part,
                                      "' where a whole number is expected"));
    }
    if (!absl::SimpleAtoi(part, &size)) {
      return Error(text, absl::StrCat("has a size past 64 bits: ", part));
    }
    spec.shape.push_back(size);
  }
  TensorSpec tensor;
  tensor.shape = spec.shape;
  tensor.dtype = spec.dtype;
  if (!tensor.NumBytes()) {
    return Error(text, "has more bytes than 64 bits can count");
  }
  return spec;
}

}  // namespace

absl::StatusOr<std::vector<InputSpec>> ParseInputSizes(absl::string_view text) {
  std::vector<InputSpec> specs;
  if (absl::StripAsciiWhitespace(text).empty()) return specs;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    absl::StatusOr<InputSpec> spec = ParseOne(absl::StripAsciiWhitespace(part));
    if (!spec.ok()) return spec.status();
    specs.push_back(*std::move(spec));
  }
  return specs;
}

}  // namespace strata
