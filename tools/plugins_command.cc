// strata plugins, and strata --version: what was found, without loading it.

#include <nettle/sha2.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/plugin_host.h"
#include "core/trusted_path.h"
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

// So that a file can be compared with one that is known to be good.
std::string Sha256(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  sha256_ctx context;
  sha256_init(&context);
  std::vector<char> buffer(1 << 16);
  do {
    stream.read(buffer.data(), buffer.size());
    sha256_update(&context, stream.gcount(),
                  reinterpret_cast<const uint8_t*>(buffer.data()));
  } while (stream);
  if (!stream.eof()) return "cannot be read";
  std::string digest(SHA256_DIGEST_SIZE, '\0');
  sha256_digest(&context, digest.size(),
                reinterpret_cast<uint8_t*>(digest.data()));
  return absl::BytesToHexString(digest);
}

// Its lines: what it is, its file, whose that is, and its options.
std::string UsableText(const FoundPlugin& plugin, int width, bool verbose) {
  const PluginDescriptor& descriptor = plugin.descriptor;
  const std::string indent(13 + width, ' ');
  std::string text = absl::StrFormat(
      "%-9s  %-*s  %s  %s\n%s%s\n%sowner %s, SHA-256 %s\n", descriptor.kind,
      width, descriptor.name, descriptor.version, descriptor.description,
      indent, plugin.file, indent, OwnerOf(plugin.file), Sha256(plugin.file));
  if (!verbose) return text;
  for (const OptionSpec& option : descriptor.options) {
    absl::StrAppendFormat(&text, "%s--set %s.%s=%s  (%s) %s\n", indent,
                          descriptor.name, option.name, option.default_text,
                          option.type, option.help);
  }
  return text;
}

}  // namespace

absl::Status RunPlugins(const Options& options) {
  const std::vector<std::string> folders = PluginFolders(options.plugin_path);
  const PluginHost host(folders, options.trust);
  absl::StatusOr<std::unique_ptr<Output>> output = Output::Open("");
  if (!output.ok()) return output.status();
  const int width = LongestName(host);
  for (const char* kind : {"source", "metric", "formatter"}) {
    for (const FoundPlugin& plugin : host.plugins()) {
      if (plugin.state != FoundPlugin::State::kUsable ||
          plugin.descriptor.kind != kind) {
        continue;
      }
      (*output)->Write(UsableText(plugin, width, options.verbose));
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
  const PluginHost host(PluginFolders(options.plugin_path), options.trust);
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
