// The options of a plugin: declared in its descriptor, set by the user.

#ifndef STRATA_CORE_PLUGIN_OPTIONS_H_
#define STRATA_CORE_PLUGIN_OPTIONS_H_

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace strata {

// What a plugin is made with: a value for each option that it declares, the
// user's or the default. Asking for one that is not declared, or as another
// type, raises; the host makes an error of that.
class PluginOptions {
 public:
  using Value = std::variant<int64_t, double, bool, std::string>;

  int64_t Int(const std::string& name) const { return Get<int64_t>(name); }
  double Real(const std::string& name) const { return Get<double>(name); }
  bool Bool(const std::string& name) const { return Get<bool>(name); }
  const std::string& String(const std::string& name) const {
    return Get<std::string>(name);
  }

  // For the host and for tests.
  void Set(const std::string& name, Value value) {
    values_[name] = std::move(value);
  }

 private:
  template <typename T>
  const T& Get(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end() || !std::holds_alternative<T>(found->second)) {
      throw std::logic_error("the plugin declares no option '" + name +
                             "' of that type");
    }
    return std::get<T>(found->second);
  }

  std::map<std::string, Value> values_;
};

// What the user set: "PLUGIN.OPTION" and the value as text.
using OptionTexts = std::map<std::string, std::string>;

}  // namespace strata

#endif  // STRATA_CORE_PLUGIN_OPTIONS_H_
