// Of program_reader.h: what a configuration of weights says.

#include <algorithm>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "plugins/sources/exported_program/graph_reader.h"
#include "plugins/sources/exported_program/json_reader.h"
#include "plugins/sources/exported_program/program_reader.h"

namespace strata::exported_program {
namespace {

void KeepLayout(const GraphReader::Description& description,
                WeightLayout& layout) {
  layout.dtype = description.dtype;
  layout.requires_grad = description.requires_grad;
  for (const Size& size : description.sizes) layout.sizes.push_back(size.hint);
  for (const Size& stride : description.strides) {
    layout.strides.push_back(stride.hint);
  }
}

}  // namespace

absl::Status ReadWeightsJson(absl::string_view text, Program& program) {
  JsonReader json;
  absl::Status opened = json.Open(text);
  if (!opened.ok()) return opened;
  GraphReader graphs(json, program);
  absl::flat_hash_map<std::string, Id> records;
  // Records of an earlier list, of weights or of constants, are others.
  Id first = 0;
  for (const WeightRecord& weight : program.weights) {
    first = std::max(first, weight.record + 1);
  }
  return json.VisitDocument([&](absl::string_view top,
                                JsonValue config) -> absl::Status {
    if (top != "config") return absl::OkStatus();
    return json.VisitObject(
        config, [&](absl::string_view name, JsonValue entry) -> absl::Status {
          WeightRecord weight;
          WeightLayout layout;
          weight.name = std::string(name);
          absl::Status read = json.VisitObject(
              entry,
              [&](absl::string_view key, JsonValue field) -> absl::Status {
                if (key == "path_name") {
                  absl::StatusOr<absl::string_view> path = json.String(field);
                  if (!path.ok()) return path.status();
                  const Id next = first + static_cast<Id>(records.size());
                  const auto place = records.try_emplace(*path, next).first;
                  weight.record = place->second;
                  weight.record_name = std::string(*path);
                } else if (key == "tensor_meta" && !json.IsNull(field)) {
                  GraphReader::Description description;
                  absl::Status described =
                      graphs.ReadDescription(field, description);
                  if (!described.ok()) return described;
                  weight.offset = description.storage_offset;
                  if (program.is_for_run) KeepLayout(description, layout);
                } else if (key == "use_pickle") {
                  absl::StatusOr<bool> flag = json.Bool(field);
                  if (flag.ok()) layout.is_pickled = *flag;
                  return flag.status();
                }
                return absl::OkStatus();
              });
          if (!read.ok()) return read;
          if (weight.record == kNone) return json.Missing("path_name");
          program.weights.push_back(std::move(weight));
          if (program.is_for_run) program.layouts.push_back(std::move(layout));
          return absl::OkStatus();
        });
  });
}

}  // namespace strata::exported_program
