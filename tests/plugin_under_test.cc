#include "tests/plugin_under_test.h"

#include <filesystem>

#include "tests/testing.h"

namespace strata {

PluginUnderTest& TestedPlugin() {
  static auto* const plugin = new PluginUnderTest();
  return *plugin;
}

PluginDescriptor DescriptorOfThisPlugin() {
  absl::StatusOr<PluginDescriptor> descriptor =
      ReadPluginDescriptor(TestedPlugin().library);
  EXPECT_THAT(descriptor, IsOk());
  return descriptor.ok() ? *descriptor : PluginDescriptor();
}

PluginHost HostOfThisPlugin() {
  // Whose files they are is no fault of the plugin's.
  return PluginHost(
      {std::filesystem::path(TestedPlugin().library).parent_path()},
      PluginTrust::kAll);
}

}  // namespace strata
