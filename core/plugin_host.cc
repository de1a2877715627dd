#include "core/plugin_host.h"

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "core/library_checks.h"
#include "core/option_values.h"
#include "core/running_plugin.h"
#include "core/runtime_libraries.h"
#include "core/trusted_path.h"

namespace strata {
namespace {

namespace fs = std::filesystem;

// A plugin lives as long as the process: its objects, and what it registered
// with the libraries that it uses, may outlive any owner we could give it.
absl::StatusOr<boost::dll::shared_library*> LoadForever(
    const std::string& file) {
  try {
    return new boost::dll::shared_library(
        file,
        boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  } catch (const std::exception& e) {
    // Boost.DLL wraps what the dynamic linker said: "… message: WHY): …".
    absl::string_view why = e.what();
    const size_t begin = why.find("message: ");
    if (begin != absl::string_view::npos) {
      why.remove_prefix(begin + sizeof("message: ") - 1);
      why = why.substr(0, why.rfind("): "));
    }
    return absl::FailedPreconditionError(why);
  }
}

absl::StatusOr<const PluginEntry*> LoadEntry(const FoundPlugin& plugin) {
  absl::Status runtime = LoadRuntimeLibraries(plugin.descriptor.runtime);
  if (!runtime.ok()) return runtime;
  absl::Status loadable = CheckLibrary(plugin.file);
  if (!loadable.ok()) return loadable;
  absl::StatusOr<boost::dll::shared_library*> library =
      LoadForever(plugin.file);
  if (!library.ok()) return library.status();
  const std::string symbol =
      absl::StrCat("strata_plugin_", plugin.descriptor.name);
  if (!(*library)->has(symbol)) {
    return absl::FailedPreconditionError(
        absl::StrCat("it exports no function '", symbol, "'"));
  }
  const PluginEntry* entry = (*library)->get<PluginFunction>(symbol)();
  if (entry == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("its function '", symbol, "' gave nothing"));
  }
  return entry;
}

std::string Describe(const FoundPlugin& plugin) {
  return absl::StrCat(plugin.descriptor.kind, " '", plugin.descriptor.name,
                      "'");
}

}  // namespace

PluginHost::PluginHost(const std::vector<std::string>& folders,
                       PluginTrust trust)
    : trust_(trust) {
  for (const std::string& folder : folders) LookInto(folder);
}

void PluginHost::AddStatic(const PluginEntry* entry) {
  FoundPlugin plugin;
  plugin.entry = entry;
  absl::StatusOr<PluginDescriptor> descriptor =
      ParsePluginDescriptor(entry->descriptor);
  if (descriptor.ok()) {
    plugin.descriptor = *std::move(descriptor);
  } else {
    plugin.state = FoundPlugin::State::kRefused;
    plugin.reason = std::string(descriptor.status().message());
  }
  std::vector<FoundPlugin> found = std::move(plugins_);
  plugins_.clear();
  Add(std::move(plugin));
  for (FoundPlugin& old : found) Add(std::move(old));
}

void PluginHost::LookInto(const std::string& folder) {
  // A relative name would mean another folder wherever one stands.
  if (!fs::path(folder).is_absolute()) {
    FoundPlugin refused;
    refused.file = folder;
    refused.state = FoundPlugin::State::kRefused;
    refused.reason = "plugins are looked for in absolute folders only";
    Add(std::move(refused));
    return;
  }
  std::error_code error;
  std::vector<std::string> files;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".so") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  const bool takes_all = trust_ == PluginTrust::kAll;
  const std::string insecure_folder =
      files.empty() || takes_all ? "" : WhyNotTrusted(folder);
  for (const std::string& file : files) {
    FoundPlugin plugin;
    plugin.file = file;
    plugin.reason = insecure_folder;
    if (plugin.reason.empty() && !takes_all) {
      plugin.reason = WhyNotTrusted(file);
    }
    absl::StatusOr<PluginDescriptor> descriptor = ReadPluginDescriptor(file);
    if (descriptor.ok()) plugin.descriptor = *std::move(descriptor);
    if (plugin.reason.empty()) {
      const absl::Status fits = descriptor.ok()
                                    ? CheckPluginMatches(plugin.descriptor)
                                    : descriptor.status();
      plugin.reason = std::string(fits.message());
    }
    if (!plugin.reason.empty()) plugin.state = FoundPlugin::State::kRefused;
    Add(std::move(plugin));
  }
}

void PluginHost::Add(FoundPlugin plugin) {
  if (plugin.state != FoundPlugin::State::kRefused) {
    plugin.state = FoundPlugin::State::kUsable;
    plugin.reason.clear();
    for (const FoundPlugin& other : plugins_) {
      if (other.state != FoundPlugin::State::kUsable ||
          other.descriptor.kind != plugin.descriptor.kind ||
          other.descriptor.name != plugin.descriptor.name) {
        continue;
      }
      plugin.state = FoundPlugin::State::kShadowed;
      plugin.reason =
          absl::StrCat("shadowed by ",
                       other.file.empty() ? "a linked-in plugin" : other.file);
    }
  }
  plugins_.push_back(std::move(plugin));
}

std::vector<std::string> PluginHost::Names(absl::string_view kind) const {
  std::vector<std::string> names;
  for (const FoundPlugin& plugin : plugins_) {
    if (plugin.state == FoundPlugin::State::kUsable &&
        plugin.descriptor.kind == kind) {
      names.push_back(plugin.descriptor.name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

const PluginDescriptor* PluginHost::Find(absl::string_view kind,
                                         absl::string_view name) const {
  for (const FoundPlugin& plugin : plugins_) {
    if (plugin.state == FoundPlugin::State::kUsable &&
        plugin.descriptor.kind == kind && plugin.descriptor.name == name) {
      return &plugin.descriptor;
    }
  }
  return nullptr;
}

absl::StatusOr<const PluginEntry*> PluginHost::Load(absl::string_view kind,
                                                    absl::string_view name) {
  std::string refused;
  for (FoundPlugin& plugin : plugins_) {
    if (plugin.descriptor.kind != kind || plugin.descriptor.name != name) {
      continue;
    }
    if (plugin.state == FoundPlugin::State::kRefused) {
      refused = absl::StrCat(" (", plugin.file, ": ", plugin.reason, ")");
    }
    if (plugin.state != FoundPlugin::State::kUsable) continue;
    if (plugin.entry == nullptr) {
      absl::StatusOr<const PluginEntry*> entry =
          CallPlugin(Describe(plugin), [&] { return LoadEntry(plugin); });
      if (!entry.ok()) {
        return WithHint(
            MakeError(entry.status().code(),
                      absl::StrCat("cannot load ", Describe(plugin)),
                      plugin.file, entry.status().message()),
            ErrorHint(entry.status()));
      }
      plugin.entry = *entry;
    }
    return plugin.entry;
  }
  return WithHint(
      absl::NotFoundError(absl::StrCat("no ", kind, " '", name, "'", refused)),
      NearestNameHint(name, Names(kind)));
}

absl::Status PluginHost::CheckOptions(const OptionTexts& options) const {
  std::vector<const PluginDescriptor*> usable;
  for (const FoundPlugin& plugin : plugins_) {
    if (plugin.state == FoundPlugin::State::kUsable) {
      usable.push_back(&plugin.descriptor);
    }
  }
  return CheckOptionTexts(usable, options);
}

// Makes the object with whichever maker the kind has.
template <typename Interface>
absl::StatusOr<std::unique_ptr<Interface>> PluginHost::Make(
    absl::StatusOr<std::unique_ptr<Interface>> (*PluginEntry::*maker)(
        const PluginOptions&),
    absl::string_view kind, absl::string_view name,
    const OptionTexts& options) {
  absl::StatusOr<const PluginEntry*> entry = Load(kind, name);
  if (!entry.ok()) return entry.status();
  const std::string plugin = absl::StrCat(kind, " '", name, "'");
  if ((*entry)->*maker == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat(plugin, ": its entry makes no ", kind));
  }
  absl::StatusOr<PluginOptions> values = OptionsOf(*Find(kind, name), options);
  if (!values.ok()) return values.status();
  absl::StatusOr<std::unique_ptr<Interface>> made =
      CallPlugin(plugin, [&] { return ((*entry)->*maker)(*values); });
  if (made.ok() && *made == nullptr) {
    made = absl::InternalError("its maker gave nothing");
  }
  if (!made.ok()) {
    return WithHint(
        absl::Status(made.status().code(),
                     absl::StrCat(plugin, ": ", made.status().message())),
        ErrorHint(made.status()));
  }
  return made;
}

absl::StatusOr<std::unique_ptr<Metric>> PluginHost::MakeMetric(
    absl::string_view name, const OptionTexts& options) {
  return Make(&PluginEntry::make_metric, "metric", name, options);
}

absl::StatusOr<std::unique_ptr<Formatter>> PluginHost::MakeFormatter(
    absl::string_view name, const OptionTexts& options) {
  return Make(&PluginEntry::make_formatter, "formatter", name, options);
}

absl::StatusOr<std::unique_ptr<ModelSource>> PluginHost::MakeSource(
    absl::string_view name, const OptionTexts& options) {
  return Make(&PluginEntry::make_source, "source", name, options);
}

}  // namespace strata
