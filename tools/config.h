// A saved configuration: the message Config (config.proto) as text in a file.

#ifndef STRATA_TOOLS_CONFIG_H_
#define STRATA_TOOLS_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace strata::tools {

// A field that is set: the option of this name, and its value as on the command
// line. A repeated field that no list may hold (`set`) has an entry for each.
struct ConfigEntry {
  std::string name;
  std::string text;
  int line = 0;  // In the file, from 1.
};

struct SavedConfig {
  std::string file;
  std::vector<ConfigEntry> entries;
};

// Errors (kInvalidArgument, kNotFound) name the file, the line and the field.
absl::StatusOr<SavedConfig> ReadConfig(const std::string& file);

// "FILE:LINE: field 'NAME'", for errors.
std::string PlaceOf(const SavedConfig& config, const ConfigEntry& entry);

// The `.strata.textproto` of the current folder or of the nearest one above.
struct FoundConfig {
  std::string file;  // Empty: there is none.
  // Why it is not used: somebody else can change it. Empty: it is.
  std::string refused;
};
FoundConfig FindConfig();

}  // namespace strata::tools

#endif  // STRATA_TOOLS_CONFIG_H_
