#include "formatters/common/test_layers.h"

namespace strata::formatters {

Layer& AddLayer(Summary& summary, int parent, const std::string& name,
                const std::string& type) {
  const int id = summary.layers_size();
  Layer& layer = *summary.add_layers();
  layer.set_id(id);
  layer.set_parent(parent);
  layer.set_depth(parent < 0 ? 0 : summary.layers(parent).depth() + 1);
  layer.set_name(name);
  layer.set_type(type);
  return layer;
}

Layer& Called(Layer& layer, const Shapes& outputs) {
  Call& call = *layer.add_calls();
  for (const std::vector<int64_t>& shape : outputs) {
    call.add_outputs()->mutable_shape()->Add(shape.begin(), shape.end());
  }
  return layer;
}

Parameter& AddParameter(Layer& layer, const std::string& name,
                        const std::vector<int64_t>& shape) {
  Parameter& parameter = *layer.add_parameters();
  parameter.set_name(name);
  parameter.mutable_shape()->Add(shape.begin(), shape.end());
  parameter.set_dtype("float32");
  parameter.set_trainable(true);
  return parameter;
}

Layer& Counts(Layer& layer, const std::string& metric, int64_t value) {
  MetricValue& counted = (*layer.mutable_metrics())[metric];
  counted.set_self(value);
  counted.set_total(value);
  return layer;
}

void AddColumn(Summary& summary, const std::string& id,
               const std::string& title, const std::string& unit) {
  Column& column = *summary.add_columns();
  column.set_id(id);
  column.set_title(title);
  column.set_unit(unit);
}

void AddTotals(Summary& summary,
               const std::vector<std::pair<std::string, int64_t>>& totals) {
  for (const auto& [key, value] : totals) {
    (*summary.mutable_totals())[key] = value;
  }
}

Summary EmptyModel(const std::string& type) {
  Summary summary;
  summary.mutable_model()->set_name(type);
  summary.mutable_run()->set_device("cpu");
  AddColumn(summary, "params", "Params");
  AddColumn(summary, "macs", "MACs");
  AddLayer(summary, -1, "", type);
  return summary;
}

}  // namespace strata::formatters
