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

// Whose plugins are used.
enum class PluginTrust {
  kOwnAndRoot,  // What nobody but the user and root can change.
  kAll,         // Any: for who knows better (--allow_insecure_plugins).
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
  explicit PluginHost(const std::vector<std::string>& folders,
                      PluginTrust trust = PluginTrust::kOwnAndRoot);

  // Adds a plugin that is linked in; it comes before those found so far.
  void AddStatic(const PluginEntry* entry);

  // All that was found, in the order of search, and in each folder by name.
  const std::vector<FoundPlugin>& plugins() const { return plugins_; }

  // The names of the usable plugins of a kind, sorted.
  std::vector<std::string> Names(absl::string_view kind) const;

  // The descriptor of the usable plugin of this kind and name; null: none.
  const PluginDescriptor* Find(absl::string_view kind,
                               absl::string_view name) const;

  // Whether `options` are all options of usable plugins, of fitting values.
  absl::Status CheckOptions(const OptionTexts& options) const;

  // With its part of `options`, and defaults for the rest. Errors: kNotFound
  // when there is no such plugin (with the nearest name), or what went wrong
  // when it was loaded or made.
  absl::StatusOr<std::unique_ptr<Metric>> MakeMetric(
      absl::string_view name, const OptionTexts& options = {});
  absl::StatusOr<std::unique_ptr<Formatter>> MakeFormatter(
      absl::string_view name, const OptionTexts& options = {});
  absl::StatusOr<std::unique_ptr<ModelSource>> MakeSource(
      absl::string_view name, const OptionTexts& options = {});

  // The name of the source that reads `file`, chosen by the file's content, for
  // `device` (as OpenOptions::device). The error says what the file is instead,
  // and what can be read; or, with kUnimplemented, which source is missing.
  absl::StatusOr<std::string> SourceFor(const std::string& file,
                                        absl::string_view device = "") const;
  // Whether files of this source say what their inputs are.
  bool SourceRecordsInputs(absl::string_view name) const;

 private:
  absl::Status NotComputed(const std::string& file, absl::string_view device,
                           const PluginDescriptor& source) const;
  void LookInto(const std::string& folder);
  void Add(FoundPlugin plugin);
  absl::StatusOr<const PluginEntry*> Load(absl::string_view kind,
                                          absl::string_view name);
  template <typename Interface>
  absl::StatusOr<std::unique_ptr<Interface>> Make(
      absl::StatusOr<std::unique_ptr<Interface>> (*PluginEntry::*maker)(
          const PluginOptions&),
      absl::string_view kind, absl::string_view name,
      const OptionTexts& options);

  PluginTrust trust_ = PluginTrust::kOwnAndRoot;
  std::vector<FoundPlugin> plugins_;
};

// The places to look: `flag` (from --plugin_path), then the environment
// variable STRATA_PLUGIN_PATH, both DIR[:DIR…], then `plugins` beside the
// program and
// `../lib/strata/plugins`.
std::vector<std::string> PluginFolders(absl::string_view flag);

}  // namespace strata

#endif  // STRATA_CORE_PLUGIN_HOST_H_
