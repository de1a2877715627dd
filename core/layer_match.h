// Which layers a regular expression finds: the option --match.

#ifndef STRATA_CORE_LAYER_MATCH_H_
#define STRATA_CORE_LAYER_MATCH_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/summary.pb.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace strata {

// RE2's syntax: that of Python's `re`, without what cannot be found in time
// linear in the text (backreferences, lookaround).
class LayerMatch {
 public:
  // kInvalidArgument: it is no regular expression, and why.
  static absl::StatusOr<LayerMatch> Make(const std::string& regex);

  LayerMatch(LayerMatch&&) noexcept;
  LayerMatch& operator=(LayerMatch&&) noexcept;
  ~LayerMatch();

  // Whether it is found anywhere in the layer's path or in its class: `^` and
  // `$` stand for the ends of each.
  bool Finds(const Layer& layer) const;

 private:
  explicit LayerMatch(std::unique_ptr<re2::RE2> regex);

  std::unique_ptr<re2::RE2> regex_;
};

}  // namespace strata

#endif  // STRATA_CORE_LAYER_MATCH_H_
