// The formatter `names`: a line of each module with what it costs.

#include "core/plugin.h"
#include "core/summary.pb.h"

namespace {

class Names : public strata::Formatter {
 public:
  absl::Status Format(const strata::Summary& summary,
                      const strata::FormatOptions&,
                      strata::Sink& sink) override {
    for (const strata::Layer& layer : summary.layers()) {
      sink.Write(absl::StrCat(layer.path(), " ", layer.type()));
      for (const strata::Column& column : summary.columns()) {
        const auto value = layer.metrics().find(column.id());
        if (value == layer.metrics().end()) continue;
        sink.Write(absl::StrCat(" ", column.id(), "=", value->second.total()));
      }
      sink.Write("\n");
    }
    return absl::OkStatus();
  }
};

}  // namespace

STRATA_FORMATTER_PLUGIN(names, "a line of each module", Names, "names");
