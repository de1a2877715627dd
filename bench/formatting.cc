// formatting [PLUGIN_FOLDER] [FORMATTER...]: what writing a summary of 10,000
// modules costs, by formatter; all that are there, unless some are named.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/formatter.h"
#include "core/plugin_host.h"
#include "core/summary.pb.h"

namespace {

constexpr int kModules = 10000;
constexpr int kInBlock = 10;
constexpr int kRuns = 7;

// Only the size counts: no disk is measured.
class NoSink : public strata::Sink {
 public:
  void Write(absl::string_view text) override { size += text.size(); }
  size_t size = 0;
};

strata::Layer& AddLayer(strata::Summary& summary, int parent,
                        const std::string& path) {
  const int id = summary.layers_size();
  strata::Layer& layer = *summary.add_layers();
  layer.set_id(id);
  layer.set_parent(parent);
  layer.set_depth(parent < 0 ? 0 : summary.layers(parent).depth() + 1);
  layer.set_path(path);
  layer.set_name(path.substr(path.rfind('.') + 1));
  layer.set_type(parent < 0 ? "Net" : parent == 0 ? "Block" : "Conv2d");
  layer.set_full_type("torch.nn.modules.conv.Conv2d");
  strata::Tensor& input = *layer.add_calls()->add_inputs();
  for (int size : {1, 64, 56, 56}) input.add_shape(size);
  input.set_dtype("float32");
  *layer.mutable_calls(0)->add_outputs() = input;
  for (const char* metric : {"params", "macs"}) {
    (*layer.mutable_metrics())[metric].set_self(36864);
    (*layer.mutable_metrics())[metric].set_total(36864);
  }
  return layer;
}

// Blocks of convolutions, each with what a convolution has.
strata::Summary MakeSummary() {
  strata::Summary summary;
  summary.mutable_model()->set_name("Net");
  summary.mutable_run()->set_mode("eval");
  for (const char* metric : {"params", "macs"}) {
    strata::Column& column = *summary.add_columns();
    column.set_id(metric);
    column.set_title(metric);
    (*summary.mutable_totals())[metric] = 36864;
  }
  AddLayer(summary, -1, "");
  for (int block = 0; summary.layers_size() < kModules; ++block) {
    const std::string path = absl::StrCat("blocks", block);
    const int parent = summary.layers_size();
    AddLayer(summary, 0, path);
    for (int i = 1; i < kInBlock; ++i) {
      strata::Layer& layer =
          AddLayer(summary, parent, absl::StrCat(path, ".conv", i));
      strata::Parameter& weight = *layer.add_parameters();
      weight.set_name("weight");
      for (int size : {64, 64, 3, 3}) weight.add_shape(size);
      weight.set_dtype("float32");
      weight.set_trainable(true);
      for (const char* name : {"kernel_size", "stride", "padding"}) {
        (*layer.mutable_attributes())[name] = "[3, 3]";
      }
    }
  }
  return summary;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : "bazel-bin/tools/plugins";
  strata::PluginHost host({std::filesystem::absolute(folder).string()});
  std::vector<std::string> names(argv + std::min(argc, 2), argv + argc);
  if (names.empty()) names = host.Names("formatter");
  const strata::Summary summary = MakeSummary();
  strata::FormatOptions options;
  options.depth = 100;
  for (const std::string& name : names) {
    auto formatter = host.MakeFormatter(name);
    if (!formatter.ok()) {
      std::fprintf(stderr, "%s\n", formatter.status().ToString().c_str());
      return 1;
    }
    std::vector<double> times;  // Microseconds.
    NoSink sink;
    for (int run = 0; run < kRuns; ++run) {
      sink.size = 0;
      const auto begin = std::chrono::steady_clock::now();
      const absl::Status status = (*formatter)->Format(summary, options, sink);
      const std::chrono::duration<double, std::micro> time =
          std::chrono::steady_clock::now() - begin;
      if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
      times.push_back(time.count());
    }
    std::sort(times.begin(), times.end());
    std::printf("%-16s %8.2f us and %7.1f bytes a module\n", name.c_str(),
                times[kRuns / 2] / summary.layers_size(),
                static_cast<double>(sink.size) / summary.layers_size());
  }
  return 0;
}
