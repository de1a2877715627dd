// What a Summarizer is told before it summarises.

#include <utility>

#include "core/summarizer.h"

namespace strata {

Summarizer& Summarizer::Metrics(std::vector<std::string> names) {
  metric_names_ = std::move(names);
  return *this;
}

Summarizer& Summarizer::AddMetric(std::string name,
                                  std::unique_ptr<Metric> metric,
                                  std::vector<std::string> uses) {
  metrics_.push_back({std::move(name), std::move(metric), std::move(uses)});
  return *this;
}

Summarizer& Summarizer::Set(std::string option, std::string value) {
  options_.insert_or_assign(std::move(option), std::move(value));
  return *this;
}

Summarizer& Summarizer::Inputs(std::vector<InputSpec> inputs) {
  inputs_ = std::move(inputs);
  return *this;
}

Summarizer& Summarizer::InputsFile(std::string file) {
  inputs_file_ = std::move(file);
  return *this;
}

Summarizer& Summarizer::Partial(bool partial) {
  partial_ = partial;
  return *this;
}

Summarizer& Summarizer::Timeout(absl::Duration timeout, OnStuck stuck) {
  timeout_ = timeout;
  stuck_ = std::move(stuck);
  return *this;
}

Summarizer& Summarizer::Program(std::string name) {
  program_ = std::move(name);
  return *this;
}

Summarizer& Summarizer::Dimensions(
    std::vector<std::pair<std::string, int64_t>> sizes) {
  dimensions_ = std::move(sizes);
  return *this;
}

void Summarizer::LookAt(const std::string& file) {
  BeginPhase(phases_, "look at the file");
  looked_at_ = file;
  source_ = host_.SourceFor(file, device_);
  records_inputs_ = source_.ok() && host_.SourceRecordsInputs(*source_);
}

Summarizer& Summarizer::Device(std::string device) {
  device_ = std::move(device);
  looked_at_.clear();  // Another source may be for that one.
  return *this;
}

Summarizer& Summarizer::OpLibraries(std::vector<std::string> files) {
  op_libraries_ = std::move(files);
  return *this;
}

Summarizer& Summarizer::MemoryLimit(int64_t bytes) {
  memory_limit_ = bytes;
  return *this;
}

Summarizer& Summarizer::NotePhases(Phases* phases) {
  phases_ = phases;
  return *this;
}

Summarizer& Summarizer::TimedRuns(TimingOptions options) {
  timing_ = options;
  return *this;
}

Summarizer& Summarizer::Threads(int threads) {
  threads_ = threads;
  return *this;
}

Summarizer& Summarizer::NotifyProgress(OnProgress on_progress) {
  on_progress_ = std::move(on_progress);
  return *this;
}

Summarizer& Summarizer::CancelWhen(const std::atomic<bool>* cancelled) {
  cancelled_ = cancelled;
  return *this;
}

Summarizer& Summarizer::Training(bool training) {
  training_ = training;
  return *this;
}

}  // namespace strata
