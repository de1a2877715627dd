// What each formatter costs a module: Google Benchmark over a summary of
// 10,000.
//
//   bazel build -c opt //bench:formats //tools:plugins
//   bazel-bin/bench/formats $PWD/bazel-bin/tools/plugins
//
// The figure of interest is `time/module`. Goals: 10 us, of html 30 us.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/plugin_host.h"
#include "core/summary.pb.h"
#include "core/summary_reader.h"

namespace {

using strata::FormatOptions;
using strata::Layer;
using strata::Summary;

constexpr int kModules = 10000;

// Takes text and keeps none.
class NoSink : public strata::Sink {
 public:
  void Write(absl::string_view text) override { bytes_ += text.size(); }
  size_t bytes() const { return bytes_; }

 private:
  size_t bytes_ = 0;
};

Layer& AddLayer(Summary& summary, int parent, const std::string& name,
                const std::string& type, const std::string& module) {
  const int id = summary.layers_size();
  Layer& layer = *summary.add_layers();
  layer.set_id(id);
  layer.set_parent(parent);
  layer.set_name(name);
  layer.set_type(type);
  layer.set_full_type(absl::StrCat(module, ".", type));
  if (parent >= 0) {
    const Layer& above = summary.layers(parent);
    layer.set_depth(above.depth() + 1);
    layer.set_path(
        above.path().empty() ? name : absl::StrCat(above.path(), ".", name));
  }
  strata::Call& call = *layer.add_calls();
  for (strata::Tensor* tensor : {call.add_inputs(), call.add_outputs()}) {
    for (int64_t size : {8, 512, 768}) tensor->add_shape(size);
    tensor->set_dtype("float32");
  }
  for (const char* column : {"params", "macs"}) {
    strata::MetricValue& value = (*layer.mutable_metrics())[column];
    value.set_self(id * int64_t{12345});
    value.set_total(id * int64_t{123456789});
  }
  return layer;
}

void AddParameters(Layer& layer, int64_t in, int64_t out) {
  for (const char* name : {"weight", "bias"}) {
    strata::Parameter& parameter = *layer.add_parameters();
    parameter.set_name(name);
    parameter.add_shape(out);
    if (*name == 'w') parameter.add_shape(in);
    parameter.set_dtype("float32");
    parameter.set_trainable(true);
  }
}

// As a transformer is: blocks of ten modules, no two blocks alike.
Summary Transformer() {
  Summary summary;
  summary.set_format_version(strata::kSummaryFormatVersion);
  summary.mutable_model()->set_name("Transformer");
  summary.mutable_model()->set_file("transformer.pt");
  summary.mutable_run()->set_device("shape");
  for (const char* id : {"params", "macs"}) {
    strata::Column& column = *summary.add_columns();
    column.set_id(id);
    column.set_title(id);
    (*summary.mutable_totals())[id] = int64_t{1} << 50;
  }
  AddLayer(summary, -1, "", "Transformer", "model");
  AddLayer(summary, 0, "layers", "ModuleList", "torch.nn.modules.container");
  for (int block = 0; summary.layers_size() + 10 <= kModules; ++block) {
    AddLayer(summary, 1, absl::StrCat(block), "Block", "model");
    const int at = summary.layers_size() - 1;
    for (const char* name : {"query", "key", "value", "output", "up", "down"}) {
      Layer& linear =
          AddLayer(summary, at, name, "Linear", "torch.nn.modules.linear");
      (*linear.mutable_attributes())["in_features"] = "768";
      (*linear.mutable_attributes())["out_features"] = absl::StrCat(block);
      AddParameters(linear, 768, block);
    }
    for (const char* name : {"norm1", "norm2", "norm3"}) {
      Layer& norm = AddLayer(summary, at, name, "LayerNorm",
                             "torch.nn.modules.normalization");
      (*norm.mutable_attributes())["normalized_shape"] = "[768]";
      (*norm.mutable_attributes())["eps"] = "1e-05";
      (*norm.mutable_attributes())["elementwise_affine"] = "True";
    }
  }
  return summary;
}

void Report(benchmark::State& state, const Summary& summary, size_t bytes) {
  const double modules =
      static_cast<double>(summary.layers_size()) * state.iterations();
  state.counters["time/module"] = benchmark::Counter(
      modules, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["bytes/module"] = static_cast<double>(bytes) / modules;
}

void Format(benchmark::State& state, strata::Formatter* formatter,
            const FormatOptions& options, const Summary& summary) {
  NoSink sink;
  for (auto _ : state) {
    const absl::Status status = formatter->Format(summary, options, sink);
    if (!status.ok()) state.SkipWithError(status.ToString().c_str());
  }
  Report(state, summary, sink.bytes());
}

void Read(benchmark::State& state, const std::string& content,
          const Summary& summary) {
  for (auto _ : state) {
    if (!strata::ParseSummary(content, "saved").ok()) {
      state.SkipWithError("not read");
    }
  }
  Report(state, summary, content.size() * state.iterations());
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const Summary summary = Transformer();
  strata::PluginHost host(strata::PluginFolders(argc > 1 ? argv[1] : ""));
  FormatOptions all;
  all.depth = std::numeric_limits<int>::max();
  FormatOptions wide = all;
  wide.width = 100;
  wide.fold = true;
  std::vector<std::unique_ptr<strata::Formatter>> formatters;
  for (const std::string& name : host.Names("formatter")) {
    auto formatter = host.MakeFormatter(name);
    if (!formatter.ok()) continue;
    formatters.push_back(*std::move(formatter));
    strata::Formatter* made = formatters.back().get();
    benchmark::RegisterBenchmark(
        name.c_str(),
        [=, &summary](benchmark::State& s) { Format(s, made, all, summary); });
    if (name != "table") continue;
    benchmark::RegisterBenchmark(
        "table --width=100 --fold",
        [=, &summary](benchmark::State& s) { Format(s, made, wide, summary); });
  }
  for (const char* name : {"json", "binary"}) {
    auto formatter = host.MakeFormatter(name);
    if (!formatter.ok()) continue;
    strata::StringSink sink;
    if (!(*formatter)->Format(summary, all, sink).ok()) continue;
    benchmark::RegisterBenchmark(
        absl::StrCat("reading ", name).c_str(),
        [text = sink.text(), &summary](benchmark::State& s) {
          Read(s, text, summary);
        });
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
