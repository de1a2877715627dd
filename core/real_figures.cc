#include "core/real_figures.h"

#include <nlohmann/json.hpp>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"

namespace strata {
namespace {

using Json = nlohmann::json;

// What stands there, if it is what it should be; else null.
Json* Find(Json& object, const char* key, Json::value_t type) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found != object.end() && found->type() == type ? &*found : nullptr;
}

void Rename(Json& object, const char* from, const char* to) {
  const auto found = object.find(from);
  if (found == object.end()) return;
  object[to] = std::move(*found);
  object.erase(from);
}

}  // namespace

std::string WithRealFields(absl::string_view json) {
  if (!absl::StrContains(json, "\"real\"")) return std::string(json);
  constexpr int kDeepest = 32;
  Json summary = Json::parse(
      json.begin(), json.end(),
      [](int depth, Json::parse_event_t, Json&) { return depth <= kDeepest; },
      /*allow_exceptions=*/false);
  Json* const columns = Find(summary, "columns", Json::value_t::array);
  if (columns == nullptr) return std::string(json);
  absl::flat_hash_set<std::string> real;
  for (Json& column : *columns) {
    const Json* is_real = Find(column, "real", Json::value_t::boolean);
    const Json* id = Find(column, "id", Json::value_t::string);
    if (id != nullptr && is_real != nullptr && is_real->get<bool>()) {
      real.insert(id->get<std::string>());
    }
  }
  if (Json* layers = Find(summary, "layers", Json::value_t::array)) {
    for (Json& layer : *layers) {
      Json* metrics = Find(layer, "metrics", Json::value_t::object);
      if (metrics == nullptr) continue;
      for (const auto& [id, value] : metrics->items()) {
        if (!value.is_object() || !real.contains(id)) continue;
        Rename(value, "self", "real_self");
        Rename(value, "total", "real_total");
      }
    }
  }
  if (Json* totals = Find(summary, "totals", Json::value_t::object)) {
    Json real_totals = Json::object();
    for (const std::string& id : real) {
      const auto found = totals->find(id);
      if (found == totals->end()) continue;
      real_totals[id] = std::move(*found);
      totals->erase(found);
    }
    summary["real_totals"] = std::move(real_totals);
  }
  return summary.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace strata
