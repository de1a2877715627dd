#include "core/layer_match.h"

#include <re2/re2.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace strata {

LayerMatch::LayerMatch(std::unique_ptr<re2::RE2> regex)
    : regex_(std::move(regex)) {}
LayerMatch::LayerMatch(LayerMatch&&) noexcept = default;
LayerMatch& LayerMatch::operator=(LayerMatch&&) noexcept = default;
LayerMatch::~LayerMatch() = default;

absl::StatusOr<LayerMatch> LayerMatch::Make(const std::string& regex) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto made = std::make_unique<re2::RE2>(regex, options);
  if (!made->ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", regex, "' is no regular expression: ", made->error()));
  }
  return LayerMatch(std::move(made));
}

bool LayerMatch::Finds(const Layer& layer) const {
  return re2::RE2::PartialMatch(layer.path(), *regex_) ||
         re2::RE2::PartialMatch(layer.type(), *regex_);
}

}  // namespace strata
