#include "formatters/common/test_summaries.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "formatters/common/test_layers.h"

namespace strata::formatters {
namespace {

// A layer with output, params and macs.
Layer& AddRun(Summary& summary, int parent, const std::string& name,
              const std::string& type, const Shapes& outputs, int64_t params,
              int64_t macs) {
  Layer& layer = Called(AddLayer(summary, parent, name, type), outputs);
  return Counts(Counts(layer, "params", params), "macs", macs);
}

void AddBlock(Summary& summary, int stage, int number, int64_t channels) {
  const Shapes out = {{1, channels, 56, 56}};
  const int64_t conv = channels * channels * 3 * 3;
  const int64_t macs = conv * 56 * 56;
  AddRun(summary, stage, absl::StrCat(number), "Block", out, 2 * conv,
         2 * macs);
  const int block = summary.layers_size() - 1;
  AddRun(summary, block, "conv1", "Conv2d", out, conv, macs);
  AddRun(summary, block, "conv2", "Conv2d", out, conv, macs);
}

}  // namespace

Summary LeNet() {
  Summary summary = EmptyModel("LeNet5");
  summary.mutable_model()->set_file("models/lenet5.pt");
  Layer& root = Called(*summary.mutable_layers(0), {{1, 10}});
  Counts(Counts(root, "params", 61706), "macs", 416520);
  AddRun(summary, 0, "features", "Sequential", {{1, 16, 5, 5}}, 2572, 357600);
  AddRun(summary, 1, "conv1", "Conv2d", {{1, 6, 28, 28}}, 156, 117600);
  AddRun(summary, 1, "relu1", "ReLU", {{1, 6, 28, 28}}, 0, 0);
  AddRun(summary, 1, "conv2", "Conv2d", {{1, 16, 10, 10}}, 2416, 240000);
  AddRun(summary, 0, "classifier", "Sequential", {{1, 10}}, 59134, 58920);
  AddRun(summary, 5, "fc1", "Linear", {{1, 120}}, 48120, 48000);
  AddRun(summary, 5, "fc2", "Linear", {{1, 84}}, 10164, 10080);
  AddRun(summary, 5, "fc3", "Linear", {{1, 10}}, 850, 840);
  AddTotals(summary, {{"params", 61706},
                      {"trainable_params", 61706},
                      {"non_trainable_params", 0},
                      {"macs", 416520},
                      {"input_bytes", 4 * 28 * 28},
                      {"param_bytes", 4 * 61706},
                      {"buffer_bytes", 0},
                      {"total_bytes", 4 * 28 * 28 + 4 * 61706}});
  return summary;
}

Summary LeNetThatDidNotRun() {
  Summary summary = LeNet();
  summary.clear_run();
  summary.mutable_columns()->RemoveLast();
  for (Layer& layer : *summary.mutable_layers()) {
    layer.clear_calls();
    layer.mutable_metrics()->erase("macs");
  }
  for (const char* key : {"macs", "input_bytes", "total_bytes"}) {
    summary.mutable_totals()->erase(key);
  }
  return summary;
}

Summary Stages() {
  Summary summary = EmptyModel("ResNet");
  const int64_t conv = 64 * 64 * 3 * 3;
  Called(*summary.mutable_layers(0), {{1, 64, 56, 56}});
  for (const char* name : {"layer1", "layer2"}) {
    Called(AddLayer(summary, 0, name, "Sequential"), {{1, 64, 56, 56}});
    const int stage = summary.layers_size() - 1;
    AddBlock(summary, stage, 0, name[5] == '1' ? 32 : 64);
    AddBlock(summary, stage, 1, 64);
    AddBlock(summary, stage, 2, 64);
  }
  AddTotals(summary, {{"params", 10 * conv + 2 * 32 * 32 * 3 * 3}});
  return summary;
}

Summary Peculiar() {
  Summary summary = EmptyModel("Peculiar");
  AddColumn(summary, "latency", "Latency", "ns");
  Called(*summary.mutable_layers(0), {{2, 10}});
  Layer& tied = AddRun(summary, 0, "tied", "Linear", {{2, 10}}, 100, 200);
  tied.add_flags("shared");
  Counts(tied, "latency", 12345);
  Layer& loop = AddRun(summary, 0, "loop", "GRUCell", {{2, 10}}, 660, 1800);
  Called(Called(loop, {{2, 10}}), {{2, 10}});
  loop.add_flags("recursive");
  Layer& aux = AddLayer(summary, 0, "aux", "Linear");
  aux.add_flags("not_executed");
  aux.add_flags("shared");
  Counts(aux, "params", 110);
  AddLayer(summary, 0, "list", "ModuleList").add_flags("container");
  Called(AddLayer(summary, 0, "heads", "Heads"), {{2, 4}, {2, 1, 1}, {}});
  (*summary.mutable_layers(1)->mutable_attributes())["kernel_size"] = "[3, 3]";
  AddTotals(summary, {{"params", 770},
                      {"latency", 98765},
                      {"buffer_bytes", 40},
                      {"somebody_elses", 7}});
  summary.add_warnings(
      "aten::cumsum at 'loop' has no formula: its MACs, if it "
      "has any, are not in the total");
  summary.add_warnings("short");
  return summary;
}

Summary HostileNames() {
  Summary summary = EmptyModel("Modèle");
  summary.mutable_model()->set_file("d\xc3\xa9j\xc3\xa0\x1b[2J.pt");
  Called(*summary.mutable_layers(0), {{1}});
  AddLayer(summary, 0, "卷积层", "Conv2d");
  AddLayer(summary, 0, "e\xcc\x81t\xc3\xa9", "Linear");       // e + acute.
  AddLayer(summary, 0, "red\x1b[31m", "Li\near");             // Escapes.
  AddLayer(summary, 0, "bad\xff\xc3utf8", "\xe2\x80\xaeRL");  // RLO.
  AddLayer(summary, 0, std::string("nul\0nul", 7), "T");
  AddLayer(summary, 0, "🔥torch", "Fire");
  AddLayer(summary, 0, "모듈",
           "c1\xc2\x9b"
           "31m");  // CSI in one character.
  summary.add_warnings("two\nlines\x07");
  return summary;
}

Summary Chain(int length) {
  Summary summary = EmptyModel("Chain");
  for (int i = 1; i < length; ++i) {
    AddRun(summary, i - 1, "inner", "Nest", {{1, 8}}, 8, 64);
  }
  AddTotals(summary, {{"params", 8 * (length - 1)}});
  return summary;
}

Summary Sequential(int length) {
  Summary summary = EmptyModel("Sequential");
  for (int i = 1; i < length; ++i) {
    AddRun(summary, 0, absl::StrCat(i), "Linear", {{1, i}}, i, 10 * i);
  }
  AddTotals(summary, {{"params", 12345678}});
  return summary;
}

}  // namespace strata::formatters
