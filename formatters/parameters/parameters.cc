#include "formatters/parameters/parameters.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/columns.h"
#include "core/layer_match.h"
#include "core/printable.h"
#include "core/summary.pb.h"
#include "formatters/common/layer_tree.h"

namespace strata::formatters {
namespace {

// "weight" of the module "fc": "fc.weight".
std::string Path(const Layer& layer, const std::string& name) {
  return layer.path().empty() ? name : absl::StrCat(layer.path(), ".", name);
}

// The parameters that are held at an earlier place, by place.
class FirstPlaces {
 public:
  explicit FirstPlaces(const Summary& summary) {
    for (const Layer& layer : summary.layers()) {
      for (const Parameter& parameter : layer.parameters()) {
        const int next = static_cast<int>(places_.size());
        places_.try_emplace(Path(layer, parameter.name()), next);
      }
    }
  }

  bool Has(const Layer& layer, const Parameter& parameter) const {
    if (!parameter.has_shared_with()) return true;
    const auto other = places_.find(parameter.shared_with());
    const auto own = places_.find(Path(layer, parameter.name()));
    return other == places_.end() || own == places_.end() ||
           own->second < other->second;
  }

 private:
  absl::flat_hash_map<std::string, int> places_;
};

using Cells = std::array<std::string, 4>;  // Name, shape, dtype, the rest.

class Lister {
 public:
  Lister(const Summary& summary, std::optional<LayerMatch> match, bool unicode,
         Sink& sink)
      : summary_(summary),
        match_(std::move(match)),
        unicode_(unicode),
        first_places_(summary),
        earlier_(StandEarlierToo(summary)),
        sink_(sink) {}

  void Write() {
    WriteSection({"Parameter", "Shape", "Dtype", "Trainable"},
                 [this](auto each) { EachParameter(each); });
    sink_.Write("\n");
    WriteSection({"Buffer", "Shape", "Dtype", ""},
                 [this](auto each) { EachBuffer(each); });
  }

 private:
  // Goes twice over what `for_each` shows it, first for the widths.
  template <typename ForEach>
  void WriteSection(const Cells& titles, ForEach for_each) {
    // A longer name moves only its own line.
    constexpr int kWidest = 100;
    std::array<int, 3> widths;
    for (size_t i = 0; i < widths.size(); ++i) {
      widths[i] = DisplayWidth(titles[i]);
    }
    for_each([&](const Cells& cells) {
      for (size_t i = 0; i < widths.size(); ++i) {
        widths[i] =
            std::max(widths[i], std::min(DisplayWidth(cells[i]), kWidest));
      }
    });
    const auto write = [&](const Cells& cells) {
      std::string line;
      size_t spaces = 0;
      for (size_t i = 0; i < cells.size(); ++i) {
        if (!cells[i].empty()) {
          absl::StrAppend(&line, std::string(spaces, ' '), cells[i]);
          spaces = 0;
        }
        if (i < widths.size()) {
          spaces += 2 + std::max(0, widths[i] - DisplayWidth(cells[i]));
        }
      }
      sink_.Write(line += '\n');
    };
    write(titles);
    for_each(write);
  }

  bool Finds(const Layer& layer) const {
    return !match_ || match_->Finds(layer);
  }

  template <typename Each>
  void EachParameter(Each each) const {
    for (const Layer& layer : summary_.layers()) {
      if (!Finds(layer)) continue;
      for (const Parameter& parameter : layer.parameters()) {
        if (!first_places_.Has(layer, parameter)) continue;
        std::string rest = parameter.trainable() ? "yes" : "no";
        if (parameter.has_shared_with()) {
          absl::StrAppend(&rest, "  shared with ",
                          Printable(parameter.shared_with(), unicode_));
        }
        each(Cells{Printable(Path(layer, parameter.name()), unicode_),
                   ShapeCell(parameter), Printable(parameter.dtype(), unicode_),
                   std::move(rest)});
      }
    }
  }

  template <typename Each>
  void EachBuffer(Each each) const {
    for (int i = 0; i < summary_.layers_size(); ++i) {
      const Layer& layer = summary_.layers(i);
      if (earlier_[i] || !Finds(layer)) continue;
      for (const Buffer& buffer : layer.buffers()) {
        Parameter shape;
        *shape.mutable_shape() = buffer.shape();
        each(Cells{Printable(Path(layer, buffer.name()), unicode_),
                   ShapeCell(shape), Printable(buffer.dtype(), unicode_), ""});
      }
    }
  }

  const Summary& summary_;
  const std::optional<LayerMatch> match_;
  const bool unicode_;
  const FirstPlaces first_places_;
  const std::vector<bool> earlier_;
  Sink& sink_;
};

}  // namespace

absl::Status ParametersFormatter::Format(const Summary& summary,
                                         const FormatOptions& options,
                                         Sink& sink) {
  std::optional<LayerMatch> match;
  if (!options.match.empty()) {
    absl::StatusOr<LayerMatch> made = LayerMatch::Make(options.match);
    if (!made.ok()) return made.status();
    match = *std::move(made);
  }
  Lister(summary, std::move(match), options.unicode, sink).Write();
  return absl::OkStatus();
}

}  // namespace strata::formatters
