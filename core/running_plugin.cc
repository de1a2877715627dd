#include "core/running_plugin.h"

namespace strata {
namespace {

thread_local const std::string* current = nullptr;

}  // namespace

RunningPlugin::RunningPlugin(const std::string& name) : outer_(current) {
  current = &name;
}

RunningPlugin::~RunningPlugin() { current = outer_; }

absl::string_view RunningPlugin::Current() {
  return current == nullptr ? absl::string_view() : *current;
}

}  // namespace strata
