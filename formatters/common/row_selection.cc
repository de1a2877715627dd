#include "formatters/common/row_selection.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/columns.h"
#include "core/error.h"
#include "core/layer_match.h"

namespace strata::formatters {
namespace {

// Of 10,000 paths a hint would be no help.
constexpr int kMostPathsInHint = 100;

class Selector {
 public:
  Selector(const Summary& summary, const LayerTree& tree)
      : summary_(summary), tree_(tree) {
    selection_.shown.resize(summary.layers_size());
    selection_.parameters.resize(summary.layers_size());
  }

  void ByDepth(int most) {
    std::vector<int> depth(summary_.layers_size());
    for (int i = 0; i < summary_.layers_size(); ++i) {
      if (i > 0) depth[i] = depth[tree_.parent[i]] + 1;
      selection_.shown[i] = depth[i] <= most;
      selection_.parameters[i] = depth[i] < most;
    }
  }

  absl::Status ByMatch(const std::string& regex) {
    absl::StatusOr<LayerMatch> match = LayerMatch::Make(regex);
    if (!match.ok()) return match.status();
    for (int i = summary_.layers_size() - 1; i >= 0; --i) {
      const bool found = match->Finds(summary_.layers(i));
      selection_.parameters[i] = found;
      if (found) selection_.shown[i] = true;
      if (i > 0 && selection_.shown[i]) {
        selection_.shown[tree_.parent[i]] = true;
      }
    }
    return absl::OkStatus();
  }

  absl::Status Expand(const std::vector<std::string>& paths) {
    if (paths.empty()) return absl::OkStatus();
    absl::flat_hash_map<absl::string_view, int> places;
    for (int i = 0; i < summary_.layers_size(); ++i) {
      places.try_emplace(summary_.layers(i).path(), i);
    }
    std::vector<bool> expanded(summary_.layers_size());
    for (const std::string& path : paths) {
      const auto found = places.find(path);
      if (found == places.end()) return NoModule(path);
      expanded[found->second] = true;
      for (int i = tree_.parent[found->second]; i >= 0; i = tree_.parent[i]) {
        if (selection_.shown[i]) break;
        selection_.shown[i] = true;
      }
    }
    for (int i = 0; i < summary_.layers_size(); ++i) {
      if (i > 0 && expanded[tree_.parent[i]]) expanded[i] = true;
      if (expanded[i]) selection_.shown[i] = selection_.parameters[i] = true;
    }
    return absl::OkStatus();
  }

  RowSelection Selection() && {
    if (!selection_.shown.empty()) selection_.shown[0] = true;
    return std::move(selection_);
  }

 private:
  absl::Status NoModule(const std::string& path) const {
    absl::Status error = absl::InvalidArgumentError(
        absl::StrCat("--expand: the model has no module '", path, "'"));
    std::vector<std::string> paths;
    for (const Layer& layer : summary_.layers()) {
      if (!layer.path().empty()) paths.push_back(layer.path());
    }
    if (paths.size() > kMostPathsInHint) return error;
    return WithHint(std::move(error), NearestNameHint(path, paths));
  }

  const Summary& summary_;
  const LayerTree& tree_;
  RowSelection selection_;
};

}  // namespace

absl::StatusOr<RowSelection> SelectRows(const Summary& summary,
                                        const LayerTree& tree,
                                        const FormatOptions& options) {
  Selector selector(summary, tree);
  if (options.match.empty()) {
    selector.ByDepth(options.depth);
  } else {
    absl::Status matched = selector.ByMatch(options.match);
    if (!matched.ok()) return matched;
  }
  absl::Status expanded = selector.Expand(options.expand);
  if (!expanded.ok()) return expanded;
  return std::move(selector).Selection();
}

std::string MatchNote(const Summary& summary, const FormatOptions& options) {
  if (options.match.empty()) return "";
  const absl::StatusOr<LayerMatch> match = LayerMatch::Make(options.match);
  if (!match.ok()) return "";
  int found = 0;
  for (const Layer& layer : summary.layers()) found += match->Finds(layer);
  return absl::StrCat(WithCommas(found), " of ",
                      WithCommas(summary.layers_size()), " modules match");
}

}  // namespace strata::formatters
