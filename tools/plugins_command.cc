// strata plugins, and strata --version: what was found, without loading it.

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/plugin_host.h"
#include "core/version.h"
#include "tools/commands.h"
#include "tools/output.h"

namespace strata::tools {
namespace {

int LongestName(const PluginHost& host) {
  size_t longest = 0;
  for (const FoundPlugin& plugin : host.plugins()) {
    longest = std::max(longest, plugin.descriptor.name.size());
  }
  return static_cast<int>(longest);
}

}  // namespace

absl::Status RunPlugins(const Options& options) {
  const std::vector<std::string> folders = PluginFolders(options.plugin_path);
  const PluginHost host(folders);
  absl::StatusOr<std::unique_ptr<Output>> output = Output::Open("");
  if (!output.ok()) return output.status();
  const int width = LongestName(host);
  for (const char* kind : {"source", "metric", "formatter"}) {
    for (const FoundPlugin& plugin : host.plugins()) {
      if (plugin.state != FoundPlugin::State::kUsable ||
          plugin.descriptor.kind != kind) {
        continue;
      }
      (*output)->Write(absl::StrFormat(
          "%-9s  %-*s  %s  %s\n%*s%s\n", kind, width, plugin.descriptor.name,
          plugin.descriptor.version, plugin.descriptor.description, 13 + width,
          "", plugin.file));
    }
  }
  bool has_left_out = false;
  for (const FoundPlugin& plugin : host.plugins()) {
    if (plugin.state == FoundPlugin::State::kUsable) continue;
    if (!has_left_out) (*output)->Write("\nNot used:\n");
    has_left_out = true;
    (*output)->Write(absl::StrCat(plugin.state == FoundPlugin::State::kShadowed
                                      ? "shadowed   "
                                      : "refused    ",
                                  plugin.file, ": ", plugin.reason, "\n"));
  }
  if (host.plugins().empty()) (*output)->Write("No plugins were found.\n");
  (*output)->Write(absl::StrCat("\nPlugin interface ", STRATA_INTERFACE_VERSION,
                                " (", STRATA_BUILD_STRING, "). Looked in:\n"));
  for (const std::string& folder : folders) {
    (*output)->Write(absl::StrCat("  ", folder, "\n"));
  }
  return (*output)->Commit();
}

absl::Status RunVersion(const Options& options) {
  const PluginHost host(PluginFolders(options.plugin_path));
  absl::StatusOr<std::unique_ptr<Output>> output = Output::Open("");
  if (!output.ok()) return output.status();
  (*output)->Write(absl::StrCat("strata ", STRATA_VERSION,
                                "\nplugin interface ", STRATA_INTERFACE_VERSION,
                                " (", STRATA_BUILD_STRING, ")\n"));
  // What the sources were built against, as their descriptors say.
  std::set<std::string> runtimes;
  for (const FoundPlugin& plugin : host.plugins()) {
    const PluginRuntime& runtime = plugin.descriptor.runtime;
    if (plugin.state != FoundPlugin::State::kUsable || runtime.name.empty()) {
      continue;
    }
    const std::string name =
        runtime.name == "libtorch" ? "LibTorch" : runtime.name;
    runtimes.insert(absl::StrCat(name, " ", runtime.version));
  }
  for (const std::string& runtime : runtimes) {
    (*output)->Write(absl::StrCat(runtime, "\n"));
  }
  return (*output)->Commit();
}

}  // namespace strata::tools
