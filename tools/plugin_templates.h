// What `strata new-plugin` writes.

#ifndef STRATA_TOOLS_PLUGIN_TEMPLATES_H_
#define STRATA_TOOLS_PLUGIN_TEMPLATES_H_

#include <string>
#include <vector>

namespace strata::tools {

// In both, @NAME@ stands for the plugin's name, @CLASS@ for its class.
struct TemplateFile {
  const char* name;
  const char* text;
};

// The files of a new plugin of this kind; none: there is no such kind.
std::vector<TemplateFile> PluginTemplate(const std::string& kind);

}  // namespace strata::tools

#endif  // STRATA_TOOLS_PLUGIN_TEMPLATES_H_
