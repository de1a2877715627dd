#include "formatters/graph_view/links.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace strata::formatters::graph {
namespace {

// More than these tell nobody anything.
constexpr size_t kMaxOperators = 8;
constexpr size_t kMaxTensors = 4;

void AddOperator(absl::string_view name, std::vector<absl::string_view>& to) {
  if (to.size() < kMaxOperators &&
      std::find(to.begin(), to.end(), name) == to.end()) {
    to.push_back(name);
  }
}

void AddTensor(const Tensor& tensor, std::vector<const Tensor*>& to) {
  const auto is_same = [&](const Tensor* other) {
    return other->dtype() == tensor.dtype() &&
           std::equal(other->shape().begin(), other->shape().end(),
                      tensor.shape().begin(), tensor.shape().end());
  };
  if (to.size() < kMaxTensors && std::none_of(to.begin(), to.end(), is_same)) {
    to.push_back(&tensor);
  }
}

// A saved summary may say anything.
bool HasEnds(const Summary& summary, const Edge& edge) {
  return edge.from() >= 0 && edge.from() < summary.layers_size() &&
         edge.to() >= 0 && edge.to() < summary.layers_size();
}

}  // namespace

OutputsOf::OutputsOf(const Summary& summary, const DrawnTree& drawn)
    : outputs_(summary.layers_size()) {
  for (const Edge& edge : summary.edges()) {
    if (!HasEnds(summary, edge)) continue;
    const int from = drawn.Like(edge.from());
    if (from > 0) outputs_[from].is_used = true;
    const int to = edge.to();
    if (!edge.output() || to == 0 || drawn.Like(to) != to) continue;
    Output& output = outputs_[to];
    // Only the ones in it stand behind it: what is outside is joined with it.
    output.is_junction |=
        from <= to || (output.source >= 0 && output.source != from);
    output.source = from;
    for (const std::string& name : edge.operators()) {
      AddOperator(name, output.operators);
    }
  }
  for (int i = 0; i < summary.layers_size(); ++i) {
    Output& output = outputs_[i];
    output.is_junction |= output.is_used && output.source < 0;
    output.is_junction &= i > 0 && drawn.IsOpened(i);
    if (output.is_junction) output.source = -1;
  }
}

namespace {

class LinkMaker {
 public:
  LinkMaker(const Summary& summary, const DrawnTree& drawn,
            const OutputsOf& outputs, const BoxPlaces& places)
      : summary_(summary),
        drawn_(drawn),
        outputs_(outputs),
        places_(places),
        boxes_(summary.layers_size(), -1),
        sources_(summary.layers_size()) {
    FindBoxes();
    FindSources();
  }

  std::vector<Link> Make() {
    for (const Edge& edge : summary_.edges()) {
      if (HasEnds(summary_, edge)) Add(edge);
    }
    if (summary_.edges().empty() && !drawn_.IsOpened(0)) AddWholeModel();
    return std::move(links_);
  }

 private:
  // Where an arrow from a module begins, and what is done before it.
  struct Source {
    int box = -1;
    std::vector<absl::string_view> operators;
  };

  // The box that shows each layer: its own, or the one that it is in.
  void FindBoxes() {
    for (int i = 0; i < summary_.layers_size(); ++i) {
      const int like = drawn_.Like(i);
      boxes_[i] = places_.box[like];
      if (boxes_[i] < 0 && like == i && i > 0) {
        boxes_[i] = boxes_[drawn_.tree().parent[i]];
      } else if (boxes_[i] < 0 && like < i) {
        boxes_[i] = boxes_[like];
      }
    }
  }

  // What is in a module stands behind it: from the end, it is known before.
  void FindSources() {
    for (int i = summary_.layers_size() - 1; i > 0; --i) {
      Source& source = sources_[i];
      if (!drawn_.IsOpened(i) || drawn_.Like(i) != i || places_.box[i] < 0) {
        source.box = boxes_[i];
      } else if (places_.junction[i] >= 0) {
        source.box = places_.junction[i];
      } else if (outputs_.Inner(i) > i) {
        source = sources_[outputs_.Inner(i)];
        for (absl::string_view name : outputs_.Operators(i)) {
          AddOperator(name, source.operators);
        }
      }
    }
    sources_[0].box = places_.input;
  }

  int TargetOf(const Edge& edge) const {
    if (edge.output() && edge.to() == 0) return places_.output;
    const int to = drawn_.Like(edge.to());
    // Its code and its children take it in: they have edges of their own.
    if (drawn_.IsOpened(to) && places_.box[to] >= 0) {
      return edge.output() ? places_.junction[to] : -1;
    }
    return boxes_[to];
  }

  void Add(const Edge& edge) {
    const Source& source = sources_[drawn_.Like(edge.from())];
    const int target = TargetOf(edge);
    if (source.box < 0 || target < 0) return;
    const bool is_loop = edge.from() == edge.to() && !edge.output();
    if (source.box == target && !is_loop) return;
    if (drawn_.AreFoldedApart(edge.from(), edge.to())) return;
    Link& link = Between(source.box, target);
    for (absl::string_view name : source.operators) {
      AddOperator(name, link.operators);
    }
    if (IsOnTheWay(edge)) AddTexts(edge, link);
  }

  // Whether what the edge says is true of the arrow. It is not where the edge
  // ends in a box that shows nothing of its inside: what is done there is not
  // on the way, and the module of the box has an edge of its own. Nor where it
  // shows an output, of which this is only a part.
  bool IsOnTheWay(const Edge& edge) const {
    if (edge.output()) return edge.to() == 0;
    for (int place = drawn_.Like(edge.to()); places_.box[place] < 0;
         place = drawn_.tree().parent[place]) {
      const int around = drawn_.tree().parent[place];
      if (around < 0) break;
      if (!summary_.layers(around).calls().empty()) return false;
    }
    return true;
  }

  static void AddTexts(const Edge& edge, Link& link) {
    for (const Tensor& tensor : edge.tensors()) AddTensor(tensor, link.tensors);
    for (const std::string& name : edge.operators()) {
      AddOperator(name, link.operators);
    }
  }

  // A model in one box has no edges.
  void AddWholeModel() {
    if (places_.input < 0) return;
    const Call& call = summary_.layers(0).calls(0);
    Link& in = Between(places_.input, places_.box[0]);
    for (const Tensor& tensor : call.inputs()) AddTensor(tensor, in.tensors);
    Link& out = Between(places_.box[0], places_.output);
    for (const Tensor& tensor : call.outputs()) AddTensor(tensor, out.tensors);
  }

  Link& Between(int from, int to) {
    const auto [place, is_new] =
        places_of_links_.try_emplace({from, to}, links_.size());
    if (is_new) {
      links_.emplace_back();
      links_.back().from = from;
      links_.back().to = to;
    }
    return links_[place->second];
  }

  const Summary& summary_;
  const DrawnTree& drawn_;
  const OutputsOf& outputs_;
  const BoxPlaces& places_;
  std::vector<int> boxes_;       // By layer.
  std::vector<Source> sources_;  // By layer.
  absl::flat_hash_map<std::pair<int, int>, size_t> places_of_links_;
  std::vector<Link> links_;
};

}  // namespace

std::vector<Link> MakeLinks(const Summary& summary, const DrawnTree& drawn,
                            const OutputsOf& outputs, const BoxPlaces& places) {
  return LinkMaker(summary, drawn, outputs, places).Make();
}

}  // namespace strata::formatters::graph
