// What a plugin exports. A plugin's own file of it is one macro:
//
//   STRATA_METRIC_PLUGIN(macs, "Multiply-accumulates of each module",
//                        strata::metrics::MacsMetric)
//
// It puts a descriptor (text) into the library's ELF section `strata_plugin`,
// which the host reads without loading the library, and exports one function,
// strata_plugin_macs(), which a test may also link statically and call.

#ifndef STRATA_CORE_PLUGIN_H_
#define STRATA_CORE_PLUGIN_H_

#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/formatter.h"
#include "core/metric.h"
#include "core/model.h"
#include "core/plugin_options.h"
#include "core/version.h"

namespace strata {

// What the exported function returns; lives as long as the process. Exactly one
// of the makers is set. They return an error instead of throwing.
struct PluginEntry {
  // The same text as in the ELF section: `key=value`, each ended by a NUL.
  absl::string_view descriptor;
  absl::StatusOr<std::unique_ptr<ModelSource>> (*make_source)(
      const PluginOptions&) = nullptr;
  absl::StatusOr<std::unique_ptr<Metric>> (*make_metric)(const PluginOptions&) =
      nullptr;
  absl::StatusOr<std::unique_ptr<Formatter>> (*make_formatter)(
      const PluginOptions&) = nullptr;
};

using PluginFunction = const PluginEntry*();

template <typename T, typename = void>
struct HasMake : std::false_type {};
template <typename T>
struct HasMake<
    T, std::void_t<decltype(T::Make(std::declval<const PluginOptions&>()))>>
    : std::true_type {};

// Makes a T: by its static Make, which returns a StatusOr of a unique_ptr and
// may refuse; else by its constructor from the options; else without any.
// Nothing that these throw leaves the plugin.
template <typename Interface, typename T>
absl::StatusOr<std::unique_ptr<Interface>> MakePlugin(
    const PluginOptions& options) noexcept {
  try {
    if constexpr (HasMake<T>::value) {
      auto made = T::Make(options);
      if (!made.ok()) return made.status();
      return std::unique_ptr<Interface>(*std::move(made));
    } else if constexpr (std::is_constructible_v<T, const PluginOptions&>) {
      return std::make_unique<T>(options);
    } else {
      return std::make_unique<T>();
    }
  } catch (const std::exception& e) {
    return absl::InternalError(
        absl::StrCat("its constructor raised: ", e.what()));
  } catch (...) {
    return absl::InternalError("its constructor raised something unknown");
  }
}

}  // namespace strata

// The descriptor's text. `more` is further fields, each "key=value\0", or "".
#define STRATA_PLUGIN_TEXT(kind, name, description, more)      \
  "kind=" kind "\0name=" name "\0description=" description     \
  "\0version=" STRATA_VERSION "\0interface=" STRATA_STRINGIFY( \
      STRATA_INTERFACE_VERSION) "\0build=" STRATA_BUILD_STRING "\0" more

#define STRATA_EXPORT_PLUGIN_(kind, name, description, maker, Interface, T,   \
                              more)                                           \
  namespace {                                                                 \
  __attribute__((section("strata_plugin"),                                    \
                 used)) constexpr char kStrataPluginText_##name[] =           \
      STRATA_PLUGIN_TEXT(kind, #name, description, more);                     \
  }                                                                           \
  extern "C" __attribute__((visibility("default")))                           \
  const ::strata::PluginEntry* strata_plugin_##name() {                       \
    static const ::strata::PluginEntry* const entry = [] {                    \
      auto* made = new ::strata::PluginEntry();                               \
      made->descriptor = absl::string_view(kStrataPluginText_##name,          \
                                           sizeof(kStrataPluginText_##name)); \
      made->maker = &::strata::MakePlugin<Interface, T>;                      \
      return made;                                                            \
    }();                                                                      \
    return entry;                                                             \
  }                                                                           \
  static_assert(true, "")

// In each of these `...` is nothing, or STRATA_OPTION(...)s, one behind
// another.
#define STRATA_METRIC_PLUGIN(name, description, T, ...)           \
  STRATA_EXPORT_PLUGIN_("metric", name, description, make_metric, \
                        ::strata::Metric, T, "" __VA_ARGS__)

// `uses`: the metrics whose values it works with (MetricResults::Other), as
// "macs,memory". They are run, too, and collected before it.
#define STRATA_METRIC_PLUGIN_USING(name, description, T, uses, ...) \
  STRATA_EXPORT_PLUGIN_("metric", name, description, make_metric,   \
                        ::strata::Metric, T, "uses=" uses "\0" __VA_ARGS__)

// `endings` are those of the files that it writes: "md,markdown", or "".
#define STRATA_FORMATTER_PLUGIN(name, description, T, endings, ...)     \
  STRATA_EXPORT_PLUGIN_("formatter", name, description, make_formatter, \
                        ::strata::Formatter, T,                         \
                        "endings=" endings "\0" __VA_ARGS__)

// `content` says which files are its own, without loading it: "zip:GLOB" for a
// zip archive with a member of that name. `runtime` is STRATA_RUNTIME or "".
// A source whose files say what their inputs are (Model::has_recorded_inputs)
// has STRATA_RECORDED_INPUTS before that.
#define STRATA_RECORDED_INPUTS "inputs=recorded\0"
// Two sources may share files: one that tells shapes and computes nothing, the
// other for all devices that compute. The first has STRATA_SHAPES_ONLY with the
// other's name, the other STRATA_COMPUTING. A source of neither is for all.
#define STRATA_SHAPES_ONLY(computing) \
  "devices=shape\0computed_by=" computing "\0"
#define STRATA_COMPUTING "devices=computing\0"
#define STRATA_SOURCE_PLUGIN(name, description, T, content, runtime, ...) \
  STRATA_EXPORT_PLUGIN_("source", name, description, make_source,         \
                        ::strata::ModelSource, T,                         \
                        "content=" content "\0" runtime __VA_ARGS__)

// An option of the plugin, which the user sets with --set NAME.OPTION=VALUE and
// the plugin is made with (MakePlugin). All are string literals; `type` is
// "int", "real", "bool" or "string", `help` one line.
#define STRATA_OPTION(name, type, default_value, help) \
  "option." name "=" type "\t" default_value "\t" help "\0"

// Shared libraries that the plugin needs and that may lie anywhere: in lib/ of
// the folder that the environment variable `environment` names, of `folder`
// (where they lay when the plugin was built), or of the Python package.
#define STRATA_RUNTIME(name, version, environment, python_package, folder, \
                       libraries)                                          \
  "runtime=" name "\0runtime_version=" version                             \
  "\0runtime_environment=" environment "\0runtime_python=" python_package  \
  "\0runtime_folder=" folder "\0runtime_libraries=" libraries "\0"

#endif  // STRATA_CORE_PLUGIN_H_
