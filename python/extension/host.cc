#include "python/extension/host.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <pybind11/stl.h>

#include <map>
#include <utility>

#include "absl/time/time.h"
#include "core/input_size.h"
#include "core/summary.pb.h"
#include "python/extension/live_model.h"
#include "python/extension/python_metric.h"
#include "python/extension/status_error.h"

namespace strata::python {
namespace {

namespace py = pybind11;

// Raises a StatusError for an error.
template <typename T>
T ValueOr(absl::StatusOr<T> value) {
  if (!value.ok()) throw StatusError(value.status());
  return *std::move(value);
}

// The setting, or `otherwise` where there is none.
template <typename T>
T Get(const py::dict& settings, const char* key, T otherwise) {
  if (!settings.contains(key)) return otherwise;
  const py::object value = settings[key];
  return value.is_none() ? otherwise : value.cast<T>();
}

FormatOptions FormatOptionsOf(const py::dict& from) {
  FormatOptions options;
  options.depth = Get(from, "depth", options.depth);
  options.columns = Get(from, "columns", options.columns);
  options.fold = Get(from, "fold", options.fold);
  options.title = Get(from, "title", options.title);
  options.expand = Get(from, "expand", options.expand);
  options.match = Get(from, "match", options.match);
  options.heat = Get(from, "heat", options.heat);
  options.var_names = Get(from, "var_names", options.var_names);
  options.depth_index = Get(from, "depth_index", options.depth_index);
  options.hide_recursive = Get(from, "hide_recursive", options.hide_recursive);
  options.parameter_rows = Get(from, "parameter_rows", options.parameter_rows);
  options.width = Get(from, "width", options.width);
  options.color = Get(from, "color", options.color);
  options.unicode = Get(from, "unicode", options.unicode);
  return options;
}

}  // namespace

Message::Message(const std::string& bytes) : Message() {
  if (!summary_->ParseFromString(bytes)) {
    throw StatusError(absl::DataLossError("the summary is damaged"));
  }
}

py::bytes Message::Bytes() const {
  const size_t size = summary_->ByteSizeLong();
  auto bytes = py::reinterpret_steal<py::bytes>(
      PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(size)));
  if (!bytes) throw py::error_already_set();
  // Maps in the order of their keys: a summary has one form.
  google::protobuf::io::ArrayOutputStream array(PyBytes_AS_STRING(bytes.ptr()),
                                                static_cast<int>(size));
  google::protobuf::io::CodedOutputStream out(&array);
  out.SetSerializationDeterministic(true);
  summary_->SerializeWithCachedSizes(&out);
  return bytes;
}

Host::Host(const std::vector<std::string>& folders, bool trust_all)
    : host_(folders, trust_all ? PluginTrust::kAll : PluginTrust::kOwnAndRoot) {
}

py::list Host::Plugins() const {
  py::list plugins;
  for (const FoundPlugin& found : host_.plugins()) {
    py::dict plugin;
    plugin["kind"] = found.descriptor.kind;
    plugin["name"] = found.descriptor.name;
    plugin["description"] = found.descriptor.description;
    plugin["version"] = found.descriptor.version;
    plugin["file"] = found.file;
    plugin["state"] = found.state == FoundPlugin::State::kUsable ? "usable"
                      : found.state == FoundPlugin::State::kShadowed
                          ? "shadowed"
                          : "refused";
    plugin["reason"] = found.reason;
    plugins.append(plugin);
  }
  return plugins;
}

void Host::Configure(const py::dict& settings, Summarizer& summarizer) {
  std::vector<std::string> names;
  for (const auto& metric : settings["metrics"].cast<py::list>()) {
    if (py::isinstance<py::str>(metric)) {
      names.push_back(metric.cast<std::string>());
      continue;
    }
    const auto own = metric.cast<py::tuple>();
    const auto name = own[0].cast<std::string>();
    MetricColumn column;
    column.id = name;
    column.title = own[2].cast<std::string>();
    column.unit = own[3].cast<std::string>();
    column.is_real = own[4].cast<bool>();
    summarizer.AddMetric(
        name, std::make_unique<PythonMetric>(own[1], std::move(column)));
  }
  summarizer.Metrics(std::move(names));
  const auto set = Get(settings, "set", std::map<std::string, std::string>());
  for (const auto& [option, value] : set) summarizer.Set(option, value);
  summarizer.Training(Get(settings, "training", false));
  summarizer.Partial(Get(settings, "partial", false));
  summarizer.Threads(Get(settings, "threads", 0));
  TimingOptions timing;
  timing.runs = Get(settings, "runs", timing.runs);
  timing.warm_up = Get(settings, "warmup", timing.warm_up);
  timing.min_time = absl::Seconds(Get(settings, "min_time", 1.0));
  summarizer.TimedRuns(timing);
}

std::unique_ptr<Message> Host::SummarizeLive(const LiveRun& run,
                                             const py::dict& settings,
                                             py::object again,
                                             py::object timed) {
  Summarizer summarizer(host_);
  Configure(settings, summarizer);
  LiveModel model(run.tree, run.recording, run.error, run.device,
                  std::move(again), std::move(timed));
  for (const std::string& warning : run.warnings) model.Warn(warning);
  ModelInfo info;
  info.set_source("python");
  auto message = std::make_unique<Message>();
  const absl::Status summarized =
      summarizer.Summarize(model, std::move(info), message->summary());
  if (!summarized.ok()) throw StatusError(summarized);
  for (const auto& [place, flag] : run.tree->flags) {
    message->summary().mutable_layers(place)->add_flags(flag);
  }
  return message;
}

std::unique_ptr<Message> Host::SummarizeFile(const std::string& file,
                                             const py::dict& settings) {
  Summarizer summarizer(host_);
  Configure(settings, summarizer);
  summarizer.Device(Get(settings, "device", std::string()));
  summarizer.Program(Get(settings, "program", std::string()));
  summarizer.InputsFile(Get(settings, "inputs_file", std::string()));
  summarizer.Dimensions(Get(settings, "dimensions",
                            std::vector<std::pair<std::string, int64_t>>()));
  const std::string inputs = Get(settings, "inputs", std::string());
  if (settings.contains("inputs") && !settings["inputs"].is_none()) {
    summarizer.Inputs(ValueOr(ParseInputSizes(inputs)));
  }
  auto message = std::make_unique<Message>();
  message->summary() = ValueOr(summarizer.Summarize(file));
  // Of a model that was in memory.
  if (Get(settings, "hide_file", false)) {
    message->summary().mutable_model()->clear_file();
  }
  return message;
}

std::string Host::Format(const Message& summary, const std::string& formatter,
                         const py::dict& options, const py::dict& settings) {
  const auto set = Get(settings, "set", std::map<std::string, std::string>());
  const std::unique_ptr<Formatter> made =
      ValueOr(host_.MakeFormatter(formatter, set));
  StringSink sink;
  const absl::Status status =
      made->Format(summary.summary(), FormatOptionsOf(options), sink);
  if (!status.ok()) throw StatusError(status);
  return sink.text();
}

}  // namespace strata::python
