// Finds, checks and loads plugins.

#ifndef STRATA_CORE_PLUGIN_HOST_H_
#define STRATA_CORE_PLUGIN_HOST_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/plugin.h"
#include "core/plugin_descriptor.h"

namespace strata {

// One file (or static plugin) that was looked at.
struct FoundPlugin {
  enum class State { kUsable, kShadowed, kRefused };

  std::string file;             // Empty for a static plugin.
  PluginDescriptor descriptor;  // Of a refused one: as far as it was read.
  State state = State::kUsable;
  std::string reason;                  // Why it is shadowed or refused.
  const PluginEntry* entry = nullptr;  // Once loaded.
};

// Knows the plugins of a list of folders. Looks once, when made; loads a plugin
// when it is first asked for, and never unloads one. Not thread-safe; several
// hosts may live beside one another.
class PluginHost {
 public:
  // Only static plugins.
  PluginHost() = default;
  // Folders in the order of search: of two plugins with one kind and name the
  // first wins. Folders that do not exist are passed over.
  explicit PluginHost(const std::vector<std::string>& folders);

  // Adds a plugin that is linked in; it comes before those found so far.
  void AddStatic(const PluginEntry* entry);

  // All that was found, in the order of search, and in each folder by name.
  const std::vector<FoundPlugin>& plugins() const { return plugins_; }

  // The names of the usable plugins of a kind, sorted.
  std::vector<std::string> Names(absl::string_view kind) const;

  // The descriptor of the usable plugin of this kind and name; null: none.
  const PluginDescriptor* Find(absl::string_view kind,
                               absl::string_view name) const;

  // Errors: kNotFound when there is no such plugin (with the nearest name), or
  // what went wrong when it was loaded or made.
  absl::StatusOr<std::unique_ptr<Metric>> MakeMetric(absl::string_view name);
  absl::StatusOr<std::unique_ptr<Formatter>> MakeFormatter(
      absl::string_view name);
  absl::StatusOr<std::unique_ptr<ModelSource>> MakeSource(
      absl::string_view name);

  // The name of the source that reads `file`, chosen by the file's content. The
  // error says what the file is instead, and what can be read.
  absl::StatusOr<std::string> SourceFor(const std::string& file) const;

 private:
  void LookInto(const std::string& folder);
  void Add(FoundPlugin plugin);
  absl::StatusOr<const PluginEntry*> Load(absl::string_view kind,
                                          absl::string_view name);

  std::vector<FoundPlugin> plugins_;
};

// The places to look: `flag` (from --plugin_path), then the environment
// variable STRATA_PLUGIN_PATH, both DIR[:DIR…], then `plugins` beside the
// program and
// `../lib/strata/plugins`.
std::vector<std::string> PluginFolders(absl::string_view flag);

}  // namespace strata

#endif  // STRATA_CORE_PLUGIN_HOST_H_
