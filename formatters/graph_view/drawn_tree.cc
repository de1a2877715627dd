#include "formatters/graph_view/drawn_tree.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "core/columns.h"
#include "formatters/common/fold.h"

namespace strata::formatters::graph {

DrawnTree::DrawnTree(const Summary& summary, const ViewOptions& options)
    : tree_(summary),
      first_in_run_(summary.layers_size(), -1),
      next_in_run_(summary.layers_size(), -1),
      depth_(summary.layers_size(), 0),
      may_open_(summary.layers_size(), false),
      like_(summary.layers_size()),
      count_(summary.layers_size(), 1),
      last_(summary.layers_size()),
      group_(summary.layers_size(), -1),
      place_(summary.layers_size(), 0),
      nearest_folded_(summary.layers_size(), -1) {
  std::iota(like_.begin(), like_.end(), 0);
  std::iota(last_.begin(), last_.end(), 0);
  for (size_t i = 1; i < depth_.size(); ++i) {
    depth_[i] = depth_[tree_.parent[i]] + 1;
  }
  OrderByRun(summary);
  LookWhatMayOpen(summary);
  if (options.fold) Fold(summary);
  Fit(options);
}

void DrawnTree::OrderByRun(const Summary& summary) {
  const int size = summary.layers_size();
  std::vector<int> last(size, -1);  // By parent.
  std::vector<bool> placed(size, false);
  const auto place = [&](int layer) {
    placed[layer] = true;
    const int parent = tree_.parent[layer];
    (last[parent] < 0 ? first_in_run_[parent] : next_in_run_[last[parent]]) =
        layer;
    last[parent] = layer;
  };
  for (const Edge& edge : summary.edges()) {
    if (edge.output() || edge.to() < 0 || edge.to() >= size) continue;
    for (int i = edge.to(); i > 0 && !placed[i]; i = tree_.parent[i]) place(i);
  }
  for (int i = 1; i < size; ++i) {
    if (!placed[i]) place(i);
  }
}

void DrawnTree::LookWhatMayOpen(const Summary& summary) {
  const int size = summary.layers_size();
  bool any_ran = false;
  std::vector<bool> ran_inside(size, false);
  for (int i = size - 1; i > 0; --i) {
    const bool ran = !summary.layers(i).calls().empty();
    any_ran |= ran;
    if (ran || ran_inside[i]) ran_inside[tree_.parent[i]] = true;
  }
  any_ran |= !summary.layers(0).calls().empty();
  for (int i = 0; i < size; ++i) {
    may_open_[i] = tree_.first_child[i] >= 0 && (!any_ran || ran_inside[i]);
  }
}

void DrawnTree::Fold(const Summary& summary) {
  const std::vector<int> kinds = SubtreeKinds(
      summary, tree_, std::vector<bool>(summary.layers_size(), true));
  for (int parent = 0; parent < summary.layers_size(); ++parent) {
    const int like = like_[parent];
    if (like == parent) {
      FoldChildren(parent, kinds);
      continue;
    }
    // Two that are alike have like children, in the same order.
    int twin = tree_.first_child[like];
    for (int child = tree_.first_child[parent]; child >= 0 && twin >= 0;
         child = tree_.next_sibling[child], twin = tree_.next_sibling[twin]) {
      like_[child] = like_[twin];
      group_[child] = group_[twin];
      place_[child] = place_[twin];
    }
  }
  for (int i = 0; i < summary.layers_size(); ++i) {
    if (group_[i] >= 0) {
      nearest_folded_[i] = i;
    } else if (i > 0) {
      nearest_folded_[i] = nearest_folded_[tree_.parent[i]];
    }
  }
}

void DrawnTree::FoldChildren(int parent, const std::vector<int>& kinds) {
  int first = -1;
  for (int child = tree_.first_child[parent]; child >= 0;
       child = tree_.next_sibling[child]) {
    if (first < 0 || kinds[first] != kinds[child]) {
      first = child;
      continue;
    }
    like_[child] = first;
    group_[first] = group_[child] = first;
    place_[child] = count_[first]++;
    last_[first] = child;
  }
}

// Rows of alike siblings in such rows are at least twice as large each time:
// the way up is short.
bool DrawnTree::AreFoldedApart(int a, int b) const {
  for (int x = nearest_folded_[a]; x >= 0;
       x = nearest_folded_[tree_.parent[x]]) {
    for (int y = nearest_folded_[b]; y >= 0;
         y = nearest_folded_[tree_.parent[y]]) {
      if (group_[x] == group_[y] && place_[x] != place_[y]) return true;
    }
  }
  return false;
}

// Whole levels as long as they fit, so that a picture shows all of them alike.
void DrawnTree::Fit(const ViewOptions& options) {
  const size_t size = depth_.size();
  std::vector<int64_t> boxes(size + 1, 0);  // By depth.
  std::vector<bool> is_drawn(size, false);
  is_drawn[0] = true;
  for (size_t i = 1; i < size; ++i) {
    const int parent = tree_.parent[i];
    is_drawn[i] = is_drawn[parent] && may_open_[parent] &&
                  like_[i] == static_cast<int>(i);
    if (is_drawn[i]) ++boxes[depth_[i]];
  }
  const int wanted = std::clamp(options.depth, 0, options.max_depth);
  int64_t total = 1;
  while (max_depth_ < wanted && boxes[max_depth_ + 1] > 0 &&
         total + boxes[max_depth_ + 1] <= options.max_boxes) {
    total += boxes[++max_depth_];
    if (max_depth_ == static_cast<int>(size)) break;
  }
  max_children_ = options.max_boxes;
  const int64_t next =
      max_depth_ < static_cast<int>(size) ? boxes[max_depth_ + 1] : 0;
  if (max_depth_ >= options.depth || next == 0) return;
  if (max_depth_ == 0) {
    max_depth_ = 1;
    cut_ = absl::StrCat("cut after ", WithCommas(options.max_boxes), " of ",
                        WithCommas(next), " modules");
    return;
  }
  cut_ = absl::StrCat("cut at depth ", max_depth_, ": one more level has ",
                      WithCommas(next), " modules more");
}

}  // namespace strata::formatters::graph
