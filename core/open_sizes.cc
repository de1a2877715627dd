#include "core/open_sizes.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/guarded_metrics.h"
#include "core/polynomial_fit.h"
#include "core/printable.h"
#include "core/summary_builder.h"

namespace strata {
namespace {

using Figures = std::vector<std::optional<int64_t>>;

std::vector<Dimension> OpenDimensions(const Model& model,
                                      const RunOptions& options) {
  std::vector<Dimension> open;
  for (Dimension& dimension : model.dimensions()) {
    const auto is_it = [&](const auto& chosen) {
      return chosen.first == dimension.name;
    };
    const bool is_chosen = std::any_of(options.dimensions.begin(),
                                       options.dimensions.end(), is_it);
    if (!is_chosen && dimension.min < dimension.max) {
      open.push_back(std::move(dimension));
    }
  }
  return open;
}

// Calls tensor(t), value(v), null where it is not known, and total(key, figure)
// for all that may depend on a size, in one order for all summaries of one
// model.
template <typename S, typename OnTensor, typename OnValue, typename OnTotal>
void VisitFigures(S& summary, OnTensor tensor, OnValue value, OnTotal total) {
  for (auto& input : *summary.mutable_run()->mutable_inputs()) tensor(input);
  for (auto& layer : *summary.mutable_layers()) {
    for (auto& call : *layer.mutable_calls()) {
      for (auto& input : *call.mutable_inputs()) tensor(input);
      for (auto& output : *call.mutable_outputs()) tensor(output);
    }
    for (const Column& column : summary.columns()) {
      if (column.real()) continue;
      const auto found = layer.mutable_metrics()->find(column.id());
      value(found == layer.mutable_metrics()->end() ? nullptr : &found->second);
    }
  }
  std::map<std::string, int64_t> sorted(summary.totals().begin(),
                                        summary.totals().end());
  for (const auto& [key, figure] : sorted) total(key, figure);
}

// The keys of totals are those of the first run; one that is missing later is
// not known there.
void TakeFigures(Summary& summary, const std::vector<std::string>& keys,
                 Figures& figures) {
  std::map<std::string, int64_t> totals;
  VisitFigures(
      summary,
      [&](const Tensor& tensor) {
        for (const int64_t size : tensor.shape()) figures.push_back(size);
      },
      [&](const MetricValue* value) {
        const bool has_self = value != nullptr && value->has_self();
        const bool has_total = value != nullptr && value->has_total();
        figures.push_back(has_self ? std::optional(value->self())
                                   : std::nullopt);
        figures.push_back(has_total ? std::optional(value->total())
                                    : std::nullopt);
      },
      [&](const std::string& key, int64_t figure) { totals[key] = figure; });
  for (const std::string& key : keys) {
    const auto found = totals.find(key);
    figures.push_back(found == totals.end() ? std::nullopt
                                            : std::optional(found->second));
  }
}

class Expressions {
 public:
  Expressions(PluginHost& host, const std::vector<ChosenMetric>& metrics,
              const OptionTexts& settings, Model& model,
              const RunOptions& options, Summary& summary)
      : host_(host),
        metrics_(metrics),
        settings_(settings),
        model_(model),
        options_(options),
        summary_(summary),
        dimensions_(OpenDimensions(model, options)) {}

  void Add() {
    if (dimensions_.empty()) return;
    for (const Dimension& dimension : dimensions_) {
      OpenSize* open = summary_.mutable_run()->add_open_sizes();
      open->set_name(dimension.name);
      open->set_size(dimension.hint);
      open->set_min(dimension.min);
      if (dimension.max != std::numeric_limits<int64_t>::max()) {
        open->set_max(dimension.max);
      }
    }
    if (dimensions_.size() > PolynomialFit::kMostDimensions) {
      return WarnOfNone(
          absl::StrCat("it has ", dimensions_.size(), " open sizes"));
    }
    for (const auto& [key, figure] : summary_.totals()) keys_.push_back(key);
    std::sort(keys_.begin(), keys_.end());
    const PolynomialFit fit(dimensions_);
    for (size_t i = 0; i + 1 < fit.points().size(); ++i) {
      absl::Status ran = RunAt(fit.points()[i]);
      if (!ran.ok()) return WarnOfNone(ran.message());
    }
    // The last point is that of the summary itself.
    figures_.emplace_back();
    TakeFigures(summary_, keys_, figures_.back());
    for (const Figures& figures : figures_) {
      if (figures.size() != figures_.back().size()) {
        return WarnOfNone("its modules are called in another way at others");
      }
    }
    SetAll(fit);
  }

 private:
  absl::Status RunAt(const std::vector<int64_t>& point) {
    std::vector<ChosenMetric> fresh;
    for (const ChosenMetric& metric : metrics_) {
      // A metric of the caller's own cannot be made anew.
      AddMetricPlugin(host_, metric.name, metric.on_request, settings_, fresh)
          .IgnoreError();
    }
    ModelInfo info = summary_.model();
    SummaryBuilder builder(model_.modules(), std::move(info));
    GuardedMetrics visitors(&builder);
    for (ChosenMetric& metric : fresh) {
      visitors.Add(metric.name, metric.metric.get(), metric.metric->needs(),
                   metric.uses, metric.on_request);
    }
    RunOptions options = options_;
    options.phases = nullptr;
    for (size_t i = 0; i < point.size(); ++i) {
      options.dimensions.emplace_back(dimensions_[i].name, point[i]);
    }
    absl::Status ran = model_.Run(options, visitors);
    if (!ran.ok()) return ran;
    visitors.Collect(model_.modules(), builder);
    Summary there = builder.Build();
    // In the order of the summary's own columns, whatever is missing.
    *there.mutable_columns() = summary_.columns();
    figures_.emplace_back();
    TakeFigures(there, keys_, figures_.back());
    return absl::OkStatus();
  }

  void WarnOfNone(absl::string_view why) {
    summary_.add_warnings(absl::StrCat(
        "figures are for ", SizesText(),
        " alone: how they depend on that was not found (", why, ")"));
  }

  std::string SizesText() const {
    return absl::StrJoin(dimensions_, ", ",
                         [](std::string* out, const Dimension& dimension) {
                           absl::StrAppend(out, Printable(dimension.name, true),
                                           "=", dimension.hint);
                         });
  }

  // The next figure, in the order in which they were taken: nothing where it is
  // the same everywhere.
  std::optional<Polynomial> Next(const PolynomialFit& fit) {
    Figures values;
    bool varies = false;
    for (const Figures& figures : figures_) {
      values.push_back(figures[next_]);
      varies |= values.back() != values.front();
    }
    ++next_;
    if (!varies) return std::nullopt;
    std::optional<Polynomial> found = fit.Fit(values);
    if (found) return found;
    ++not_polynomial_;
    Polynomial other;
    other.set_text("?");
    other.set_not_polynomial(true);
    return other;
  }

  void SetAll(const PolynomialFit& fit) {
    VisitFigures(
        summary_, [&](Tensor& tensor) { SetShape(fit, tensor); },
        [&](MetricValue* value) {
          std::optional<Polynomial> self = Next(fit);
          std::optional<Polynomial> total = Next(fit);
          if (self && value != nullptr && value->has_self()) {
            *value->mutable_self_expression() = *std::move(self);
          }
          if (total && value != nullptr && value->has_total()) {
            *value->mutable_total_expression() = *std::move(total);
          }
        },
        [](const std::string&, int64_t) {});
    for (const std::string& key : keys_) {
      std::optional<Polynomial> found = Next(fit);
      if (found) {
        (*summary_.mutable_total_expressions())[key] = *std::move(found);
      }
    }
    if (not_polynomial_ > 0) {
      summary_.add_warnings(absl::StrCat(
          not_polynomial_, not_polynomial_ == 1 ? " figure is" : " figures are",
          " no polynomial in the open sizes (a division rounds), and given "
          "for ",
          SizesText(), " alone, marked '?'"));
    }
  }

  void SetShape(const PolynomialFit& fit, Tensor& tensor) {
    std::vector<std::string> texts;
    bool varies = false;
    for (const int64_t size : tensor.shape()) {
      const std::optional<Polynomial> found = Next(fit);
      varies |= found.has_value();
      texts.push_back(!found                    ? absl::StrCat(size)
                      : found->not_polynomial() ? absl::StrCat(size, "?")
                                                : found->text());
    }
    if (!varies) return;
    for (std::string& text : texts) {
      tensor.add_symbolic_shape(std::move(text));
    }
  }

  PluginHost& host_;
  const std::vector<ChosenMetric>& metrics_;
  const OptionTexts& settings_;
  Model& model_;
  const RunOptions& options_;
  Summary& summary_;
  std::vector<Dimension> dimensions_;
  std::vector<std::string> keys_;  // Of the totals.
  std::vector<Figures> figures_;   // By point.
  size_t next_ = 0;
  int not_polynomial_ = 0;
};

}  // namespace

void AddExpressions(PluginHost& host, const std::vector<ChosenMetric>& metrics,
                    const OptionTexts& settings, Model& model,
                    const RunOptions& options, Summary& summary) {
  if (!options.inputs.empty() || !options.inputs_file.empty() ||
      !summary.has_run()) {
    return;
  }
  Expressions(host, metrics, settings, model, options, summary).Add();
}

}  // namespace strata
