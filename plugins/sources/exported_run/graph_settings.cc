#include "plugins/sources/exported_run/graph_settings.h"

#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>

#include <optional>

#include "plugins/sources/libtorch/value_specs.h"

namespace strata::exported_run {

using exported_program::Argument;
using exported_program::Node;
using exported_program::Program;

namespace {

constexpr char kSetGrad[] = "higher_order::wrap_with_set_grad_enabled";
constexpr char kAutocast[] = "higher_order::wrap_with_autocast";

const Argument& ArgumentAt(const Program& program, const Node& node,
                           uint32_t place) {
  return program.arguments[node.arguments.begin + place];
}

}  // namespace

GraphSettings::GraphSettings(c10::Device device)
    : device_(device), gradients_(c10::GradMode::is_enabled()) {}

absl::Status GraphSettings::Check(const Program& program, const Node& node) {
  const std::string& name = program.targets[node.target].name;
  // (enabled, graph, …)
  if (name == kSetGrad &&
      ArgumentAt(program, node, 0).kind != Argument::Kind::kBool) {
    return absl::DataLossError("does not say whether there are gradients");
  }
  // (device, dtype, enabled, cache, graph, …)
  if (name == kAutocast &&
      (node.arguments.size() < 3 ||
       ArgumentAt(program, node, 2).kind != Argument::Kind::kBool)) {
    return absl::DataLossError("does not say whether there is autocast");
  }
  return absl::OkStatus();
}

void GraphSettings::Set(const Program& program, const Node& node) {
  const std::string& name = program.targets[node.target].name;
  const c10::DeviceType type = device_.type();
  Saved saved{};
  saved.gradients = c10::GradMode::is_enabled();
  if (name == kAutocast) {
    saved.is_autocast = true;
    saved.autocast = at::autocast::is_autocast_enabled(type);
    saved.autocast_dtype = at::autocast::get_autocast_dtype(type);
  }
  saved_.push_back(saved);
  if (name == kSetGrad) {
    c10::GradMode::set_enabled(gradients_ &&
                               ArgumentAt(program, node, 0).integer != 0);
  } else if (name == kAutocast) {
    const Argument& dtype = ArgumentAt(program, node, 1);
    if (dtype.kind == Argument::Kind::kDType) {
      const std::optional<at::ScalarType> known =
          libtorch::ScalarTypeOf(static_cast<DType>(dtype.integer));
      if (known) at::autocast::set_autocast_dtype(type, *known);
    }
    at::autocast::set_autocast_enabled(
        type, ArgumentAt(program, node, 2).integer != 0);
  }
}

void GraphSettings::Reset() {
  const Saved saved = saved_.back();
  saved_.pop_back();
  c10::GradMode::set_enabled(saved.gradients);
  if (!saved.is_autocast) return;
  const c10::DeviceType type = device_.type();
  at::autocast::set_autocast_enabled(type, saved.autocast);
  at::autocast::set_autocast_dtype(type, saved.autocast_dtype);
  // As at the end of Python's outermost autocast.
  at::autocast::clear_cache();
}

GraphSettings::~GraphSettings() {
  while (!saved_.empty()) Reset();
}

}  // namespace strata::exported_run
