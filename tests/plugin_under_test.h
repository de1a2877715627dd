// Which plugin the conformance test is of.

#ifndef STRATA_TESTS_PLUGIN_UNDER_TEST_H_
#define STRATA_TESTS_PLUGIN_UNDER_TEST_H_

#include <cstdint>
#include <string>

#include "core/plugin_descriptor.h"
#include "core/plugin_host.h"

namespace strata {

// What the command line says of it.
struct PluginUnderTest {
  std::string library;
  std::string name;  // That it should have.
  int64_t may_keep_bytes = 0;
};
PluginUnderTest& TestedPlugin();

PluginDescriptor DescriptorOfThisPlugin();
PluginHost HostOfThisPlugin();

}  // namespace strata

#endif  // STRATA_TESTS_PLUGIN_UNDER_TEST_H_
