#include "tools/outputs.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/error.h"
#include "core/running_plugin.h"

namespace strata::tools {
namespace {

// Of a list that is an option's value; "" is a list of one empty text.
std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> parts;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    parts.emplace_back(absl::StripAsciiWhitespace(part));
  }
  return parts;
}

// The formatter whose ending the file has: of several the longest ending.
absl::StatusOr<std::string> FormatOfEnding(const std::string& file,
                                           const PluginHost& host) {
  const std::string name =
      absl::AsciiStrToLower(file.substr(file.rfind('/') + 1));
  const size_t dot = name.rfind('.');
  if (dot == name.npos || dot == 0) return std::string("table");
  std::string format;
  size_t longest = 0;
  for (const FoundPlugin& plugin : host.plugins()) {
    if (plugin.state != FoundPlugin::State::kUsable ||
        plugin.descriptor.kind != "formatter") {
      continue;
    }
    for (const std::string& ending : plugin.descriptor.endings) {
      if (ending.size() <= longest ||
          !absl::EndsWith(name, absl::StrCat(".", ending))) {
        continue;
      }
      longest = ending.size();
      format = plugin.descriptor.name;
    }
  }
  if (!format.empty()) return format;
  return WithHint(
      absl::InvalidArgumentError(absl::StrCat(
          "no formatter writes files that end in '", name.substr(dot), "'")),
      absl::StrCat(
          "name one with --format; ",
          NearestNameHint(name.substr(dot + 1), host.Names("formatter"))));
}

FormatOptions MakeFormatOptions(const Options& options, bool to_terminal) {
  const auto is_set = [&](absl::string_view setting) {
    return absl::c_linear_search(options.row_settings, setting);
  };
  FormatOptions format;
  format.depth = options.depth;
  format.columns = options.columns;
  format.fold = options.fold;
  format.title = options.title;
  format.expand = options.expand;
  format.match = options.match;
  format.heat = options.heat;
  format.var_names = is_set("var_names");
  format.depth_index = is_set("depth");
  format.hide_recursive = is_set("hide_recursive_layers");
  format.parameter_rows = is_set("parameters");
  if (to_terminal) {
    const Terminal terminal = LookAtTerminal();
    format.width = terminal.width;
    format.color = terminal.color;
    format.unicode = terminal.unicode;
  }
  if (options.width > 0) format.width = options.width;
  if (is_set("ascii_only")) format.unicode = false;
  return format;
}

}  // namespace

absl::StatusOr<Outputs> Outputs::Make(const Options& options,
                                      PluginHost& host) {
  std::vector<std::string> files = Split(options.output);
  std::vector<std::string> formats = Split(options.format);
  if (options.format.empty()) formats.resize(files.size());
  if (formats.size() != files.size()) {
    return WithHint(
        absl::InvalidArgumentError(absl::StrCat(
            "--format names ", formats.size(), " and --output ", files.size(),
            ": expected as many of the one as of the other")),
        "--format=table,json --output=-,model.json; - is standard output");
  }
  Outputs outputs;
  absl::flat_hash_set<std::string> places;
  for (size_t i = 0; i < files.size(); ++i) {
    Target target;
    if (files[i] != "-") target.file = files[i];
    const std::string place =
        target.file.empty()
            ? ""
            : std::filesystem::path(target.file).lexically_normal().string();
    if (!places.insert(place).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--output names ",
          target.file.empty() ? "standard output"
                              : absl::StrCat("'", target.file, "'"),
          " twice"));
    }
    absl::StatusOr<std::string> format =
        formats[i].empty() ? FormatOfEnding(target.file, host) : formats[i];
    if (!format.ok()) return format.status();
    absl::StatusOr<std::unique_ptr<Formatter>> formatter =
        host.MakeFormatter(*format, options.settings);
    if (!formatter.ok()) return formatter.status();
    target.formatter = *std::move(formatter);
    target.plugin = absl::StrCat("formatter '", *format, "'");
    outputs.targets_.push_back(std::move(target));
  }
  return outputs;
}

absl::Status Outputs::Open() {
  for (Target& target : targets_) {
    absl::StatusOr<std::unique_ptr<Output>> output = Output::Open(target.file);
    target.status = output.status();
    if (output.ok()) target.output = *std::move(output);
  }
  const bool any = absl::c_any_of(
      targets_, [](const Target& target) { return target.status.ok(); });
  return any ? absl::OkStatus() : Failures();
}

absl::Status Outputs::Write(const Summary& summary, const Options& options) {
  for (Target& target : targets_) {
    if (!target.status.ok()) continue;
    target.status = CallPlugin(target.plugin, [&] {
      return target.formatter->Format(
          summary, MakeFormatOptions(options, target.file.empty()),
          *target.output);
    });
    if (absl::IsInternal(target.status)) {
      target.status = absl::InternalError(
          absl::StrCat(target.plugin, " failed: ", target.status.message()));
    }
    if (target.status.ok()) target.status = target.output->Commit();
    target.output.reset();  // What is left of one that failed goes now.
  }
  return Failures();
}

// The first error, with those of the others behind it.
absl::Status Outputs::Failures() const {
  absl::Status first;
  std::vector<absl::string_view> others;
  size_t written = 0;
  for (const Target& target : targets_) {
    if (target.status.ok()) {
      ++written;
    } else if (first.ok()) {
      first = target.status;
    } else {
      others.push_back(target.status.message());
    }
  }
  if (first.ok() || targets_.size() == 1) return first;
  std::string message(first.message());
  for (absl::string_view other : others) absl::StrAppend(&message, "; ", other);
  if (written > 0) absl::StrAppend(&message, "; the rest was written");
  return WithHint(absl::Status(first.code(), message), ErrorHint(first));
}

}  // namespace strata::tools
