#include "tests/odd_summary.h"

#include <cstdint>

namespace strata {

Summary OddSummary() {
  Summary summary;
  summary.mutable_model()->set_name("<b>|`\x1b[31m\xff");
  Column* column = summary.add_columns();
  column->set_id("params");
  column->set_title("Params");
  for (int i = 0; i < 3; ++i) {
    Layer* layer = summary.add_layers();
    layer->set_id(i);
    layer->set_parent(i - 1);
    layer->set_depth(i);
    layer->set_name(i == 0 ? "" : "\xe5\xb1\x82|`_\"<script>");
    layer->set_type("T\n");
    layer->add_calls()->add_outputs();
    layer->add_calls();
    layer->add_shared_with(i == 1 ? "" : "\x1b[0m");
    layer->add_flags("shared");
    Parameter* parameter = layer->add_parameters();
    parameter->set_name("\xff\n");
    parameter->add_shape(-1);
    parameter->set_shared_with("<b>");
    if (i > 0) (*layer->mutable_metrics())["params"].set_total(INT64_MAX);
  }
  (*summary.mutable_totals())["params"] = INT64_MAX;
  (*summary.mutable_totals())["activation_bytes"] = INT64_MAX;
  (*summary.mutable_totals())["activation_peak_layer"] = INT64_MAX;
  summary.mutable_run()->set_incomplete(true);
  summary.mutable_run()->set_error("\x1b[0m\n");
  summary.add_warnings("odd\n\x1b[0m");
  return summary;
}

Summary OddSummaryInUtf8() {
  Summary summary = OddSummary();
  summary.mutable_model()->set_name("Net");
  for (Layer& layer : *summary.mutable_layers()) {
    layer.set_path("a.b");
    layer.mutable_parameters(0)->set_name("weight");
    layer.set_full_type("torch.nn.modules.conv.Conv2d");
    (*layer.mutable_attributes())["padding"] = "[1, 2]";
  }
  return summary;
}

}  // namespace strata
