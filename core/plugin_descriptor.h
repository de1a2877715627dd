// A plugin's descriptor, read from its library without loading it.

#ifndef STRATA_CORE_PLUGIN_DESCRIPTOR_H_
#define STRATA_CORE_PLUGIN_DESCRIPTOR_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace strata {

// Libraries that a plugin needs found before it is loaded (STRATA_RUNTIME).
struct PluginRuntime {
  std::string name;     // "libtorch"; empty: it needs none.
  std::string version;  // The one it was built against: "2.13.0".
  std::string environment;
  std::string python_package;
  std::string folder;
  std::vector<std::string> libraries;  // In the order they are loaded in.
};

// An option of a plugin (STRATA_OPTION).
struct OptionSpec {
  std::string name;
  std::string type;  // "int", "real", "bool" or "string".
  std::string default_text;
  std::string help;  // One line.
};

struct PluginDescriptor {
  std::string kind;  // "source", "metric" or "formatter".
  std::string name;
  std::string description;  // One line.
  std::string version;
  std::string interface;        // The interface version it was built for.
  std::string build;            // Its STRATA_BUILD_STRING.
  std::string content;          // Sources: which files are its own.
  bool records_inputs = false;  // Sources: files say what inputs are.
  std::string devices;          // Sources: "shape", "computing", "": all.
  std::string computed_by;  // Sources of "shape": which one is for the others.
  std::vector<std::string> endings;  // Formatters: "json" for *.json.
  std::vector<std::string> uses;     // Metrics: those whose values it needs.
  std::vector<OptionSpec> options;   // Sorted by name.
  PluginRuntime runtime;
};

// Parses the text of PluginEntry::descriptor.
absl::StatusOr<PluginDescriptor> ParsePluginDescriptor(absl::string_view text);

// Reads the ELF section `strata_plugin` of `file`. kNotFound: it is a shared
// library without one, so no plugin. Other errors: it is no shared library of
// this machine's kind, it is damaged, or its descriptor is.
absl::StatusOr<PluginDescriptor> ReadPluginDescriptor(const std::string& file);

// OK when a plugin built so may be loaded here; else found and wanted.
absl::Status CheckPluginMatches(const PluginDescriptor& descriptor);

}  // namespace strata

#endif  // STRATA_CORE_PLUGIN_DESCRIPTOR_H_
