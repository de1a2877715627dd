// Of core/plugin_host.h: which source a file is for.

#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "core/file_content.h"
#include "core/plugin_host.h"

namespace strata {

bool PluginHost::SourceRecordsInputs(absl::string_view name) const {
  for (const FoundPlugin& plugin : plugins_) {
    if (plugin.state == FoundPlugin::State::kUsable &&
        plugin.descriptor.kind == "source" && plugin.descriptor.name == name) {
      return plugin.descriptor.records_inputs;
    }
  }
  return false;
}

// What `source` cannot do on this device another could.
absl::Status PluginHost::NotComputed(const std::string& file,
                                     absl::string_view device,
                                     const PluginDescriptor& source) const {
  std::string why = "is not there";
  for (const FoundPlugin& plugin : plugins_) {
    if (plugin.state == FoundPlugin::State::kRefused &&
        plugin.descriptor.kind == "source" &&
        plugin.descriptor.name == source.computed_by) {
      why =
          absl::StrCat("was refused (", plugin.file, ": ", plugin.reason, ")");
    }
  }
  return WithHint(
      MakeError(absl::StatusCode::kUnimplemented, "cannot run model", file,
                absl::StrCat("the source '", source.name,
                             "' tells shapes and computes nothing, and '",
                             source.computed_by, "', for the device '", device,
                             "', ", why)),
      absl::StrCat("leave --device out, or put ", source.computed_by,
                   ".so where `strata plugins` looks"));
}

absl::StatusOr<std::string> PluginHost::SourceFor(
    const std::string& file, absl::string_view device) const {
  absl::StatusOr<FileContent> content = FileContent::Read(file);
  if (!content.ok()) return content.status();
  const bool computes = !device.empty() && device != kShapeDevice;
  std::vector<std::string> readable;
  const PluginDescriptor* only_shapes = nullptr;
  for (const FoundPlugin& plugin : plugins_) {
    const PluginDescriptor& source = plugin.descriptor;
    if (plugin.state != FoundPlugin::State::kUsable ||
        source.kind != "source") {
      continue;
    }
    if (source.devices != "computing") readable.push_back(source.description);
    if (!content->Matches(source.content)) continue;
    if (source.devices == (computes ? "shape" : "computing")) {
      if (computes && only_shapes == nullptr) only_shapes = &source;
      continue;
    }
    return source.name;
  }
  if (only_shapes != nullptr) return NotComputed(file, device, *only_shapes);
  return content->NotReadable(readable);
}

}  // namespace strata
