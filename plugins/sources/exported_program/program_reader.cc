#include "plugins/sources/exported_program/program_reader.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "core/printable.h"
#include "plugins/sources/exported_program/graph_reader.h"
#include "plugins/sources/exported_program/json_reader.h"

namespace strata::exported_program {
namespace {

absl::Status VersionError(int64_t major, int64_t minor) {
  return WithHint(
      absl::UnimplementedError(
          absl::StrCat("its schema is version ", major, ".", minor,
                       ", and this Strata reads up to ", kSchemaMajor,
                       ": it was written by a later PyTorch")),
      "use a later Strata, or export the model with the PyTorch that the "
      "README of the plugin exported_program names");
}

// Modules nest no deeper than this: Python itself ends at 1,000.
constexpr int kMostNesting = 2000;
constexpr size_t kMostNameBytes = size_t{1} << 16;

class ProgramReader {
 public:
  ProgramReader(JsonReader& json, Program& program)
      : json_(json), program_(program), graphs_(json, program) {}

  absl::Status Read() {
    bool has_graph = false;
    absl::Status read = json_.VisitDocument(
        [&](absl::string_view key, JsonValue value) -> absl::Status {
          if (key == "graph_module") {
            has_graph = true;
            return ReadGraphModule(value);
          }
          if (key == "range_constraints") return ReadRanges(value);
          if (key == "schema_version") return ReadVersion(value);
          return absl::OkStatus();
        });
    if (!read.ok()) return read;
    if (!has_graph) return json_.Missing("graph_module");
    if (!has_version_) return json_.Missing("schema_version");
    AddDimensions();
    return absl::OkStatus();
  }

 private:
  struct Bounds {
    int64_t min = 0;
    int64_t max = std::numeric_limits<int64_t>::max();
  };

  absl::Status ReadGraphModule(JsonValue value) {
    bool has_graph = false;
    absl::Status read = json_.VisitObject(
        value, [&](absl::string_view key, JsonValue field) -> absl::Status {
          if (key == "graph") {
            if (has_graph) return json_.Error("a second graph");
            has_graph = true;
            return graphs_.Read(field);
          }
          if (key == "signature") return ReadSignature(field);
          if (key == "module_call_graph") {
            return json_.VisitList(
                field, [&](JsonValue entry) { return ReadModuleEntry(entry); });
          }
          return absl::OkStatus();
        });
    if (read.ok() && !has_graph) return json_.Missing("graph");
    return read;
  }

  // The name of a module or of a tensor in one.
  absl::StatusOr<std::string> ReadPath(JsonValue value) {
    absl::StatusOr<absl::string_view> name = json_.String(value);
    if (!name.ok()) return name.status();
    if (name->size() > kMostNameBytes ||
        std::count(name->begin(), name->end(), '.') > kMostNesting) {
      return json_.Error(absl::StrCat("a name of ", name->size(),
                                      " bytes: more than ", kMostNameBytes,
                                      ", or deeper than ", kMostNesting));
    }
    return std::string(*name);
  }

  absl::Status ReadSignature(JsonValue value) {
    return json_.VisitObject(
        value, [&](absl::string_view key, JsonValue list) -> absl::Status {
          const bool is_input = key == "input_specs";
          if (!is_input && key != "output_specs") return absl::OkStatus();
          return json_.VisitList(list, [&](JsonValue spec) {
            return json_.VisitUnion(
                spec, [&](absl::string_view kind, JsonValue inner) {
                  return is_input ? ReadInputSpec(kind, inner)
                                  : ReadOutputSpec(kind, inner);
                });
          });
        });
  }

  absl::Status ReadInputSpec(absl::string_view kind, JsonValue value) {
    if (kind == "user_input")
      return ReadUserArgument(value, program_.user_inputs);
    StoredTensor stored;
    absl::string_view name_field;
    if (kind == "parameter") {
      name_field = "parameter_name";
    } else if (kind == "buffer") {
      stored.kind = StoredTensor::Kind::kBuffer;
      name_field = "buffer_name";
    } else if (kind == "tensor_constant") {
      stored.kind = StoredTensor::Kind::kConstant;
      name_field = "tensor_constant_name";
    } else {
      return absl::OkStatus();
    }
    bool has_name = false;
    absl::Status read = json_.VisitObject(
        value, [&](absl::string_view key, JsonValue field) -> absl::Status {
          if (key == "arg") {
            absl::StatusOr<Id> id = graphs_.ReadName(field);
            if (id.ok()) stored.value = *id;
            return id.status();
          }
          if (key != name_field) return absl::OkStatus();
          absl::StatusOr<std::string> name = ReadPath(field);
          if (!name.ok()) return name.status();
          has_name = true;
          stored.name = *std::move(name);
          return absl::OkStatus();
        });
    if (!read.ok()) return read;
    if (!has_name) return json_.Missing(name_field);
    if (stored.value == kNone) return json_.Missing("arg");
    if (!program_.values[stored.value].is_described) {
      return json_.Error("the graph's tensor_values does not have it");
    }
    program_.stored.push_back(std::move(stored));
    return absl::OkStatus();
  }

  absl::Status ReadOutputSpec(absl::string_view kind, JsonValue value) {
    if (kind != "user_output") return absl::OkStatus();
    return ReadUserArgument(value, program_.user_outputs);
  }

  absl::Status ReadUserArgument(JsonValue value, std::vector<Id>& ids) {
    return json_.VisitObject(
        value, [&](absl::string_view key, JsonValue arg) -> absl::Status {
          if (key != "arg") return absl::OkStatus();
          return json_.VisitUnion(
              arg,
              [&](absl::string_view kind, JsonValue inner) -> absl::Status {
                if (kind != "as_tensor") return absl::OkStatus();
                absl::StatusOr<Id> id = graphs_.ReadName(inner);
                if (!id.ok()) return id.status();
                if (!program_.values[*id].is_described) {
                  return json_.Error(
                      "the graph's tensor_values does not have it");
                }
                ids.push_back(*id);
                return absl::OkStatus();
              });
        });
  }

  absl::Status ReadModuleEntry(JsonValue value) {
    bool has_name = false;
    CallSignature call;
    bool has_signature = false;
    absl::Status read = json_.VisitObject(
        value, [&](absl::string_view key, JsonValue field) -> absl::Status {
          if (key == "fqn") {
            absl::StatusOr<std::string> name = ReadPath(field);
            if (!name.ok()) return name.status();
            has_name = true;
            call.name = *std::move(name);
          } else if (key == "signature" && !json_.IsNull(field)) {
            has_signature = true;
            return json_.VisitObject(
                field,
                [&](absl::string_view part, JsonValue list) -> absl::Status {
                  if (part != "inputs" && part != "outputs") {
                    return absl::OkStatus();
                  }
                  absl::StatusOr<Range> ids = graphs_.ReadNames(list);
                  if (!ids.ok()) return ids.status();
                  (part == "inputs" ? call.inputs : call.outputs) = *ids;
                  return absl::OkStatus();
                });
          }
          return absl::OkStatus();
        });
    if (!read.ok()) return read;
    if (!has_name) return json_.Missing("fqn");
    program_.module_paths.push_back(call.name);
    if (has_signature && !call.name.empty()) {
      program_.signatures.push_back(std::move(call));
    }
    return absl::OkStatus();
  }

  absl::Status ReadRanges(JsonValue value) {
    return json_.VisitObject(
        value, [&](absl::string_view symbol, JsonValue range) -> absl::Status {
          Bounds bounds;
          absl::Status read = json_.VisitObject(
              range,
              [&](absl::string_view key, JsonValue bound) -> absl::Status {
                if (key != "min_val" && key != "max_val") {
                  return absl::OkStatus();
                }
                if (json_.IsNull(bound)) return absl::OkStatus();
                absl::StatusOr<int64_t> number = json_.Integer(bound);
                if (!number.ok()) return number.status();
                (key == "min_val" ? bounds.min : bounds.max) = *number;
                return absl::OkStatus();
              });
          if (!read.ok()) return read;
          if (bounds.min > bounds.max) {
            return json_.Error("its min_val is above its max_val");
          }
          bounds_[symbol] = bounds;
          return absl::OkStatus();
        });
  }

  absl::Status ReadVersion(JsonValue value) {
    has_version_ = true;
    absl::Status read = json_.VisitObject(
        value, [&](absl::string_view key, JsonValue field) -> absl::Status {
          if (key != "major" && key != "minor") return absl::OkStatus();
          absl::StatusOr<int64_t> number = json_.Integer(field);
          if (!number.ok()) return number.status();
          (key == "major" ? program_.schema_major : program_.schema_minor) =
              *number;
          return absl::OkStatus();
        });
    if (read.ok() && program_.schema_major > kSchemaMajor) {
      return VersionError(program_.schema_major, program_.schema_minor);
    }
    if (read.ok() && program_.schema_major < kSchemaMajor) {
      program_.warnings.push_back(absl::StrCat(
          "its schema is version ", program_.schema_major, ".",
          program_.schema_minor, ", older than what Strata is tested with (",
          kSchemaMajor, "): figures may be missing"));
    }
    return read;
  }

  // The symbols with the sizes that they had, as far as a size tells.
  void AddDimensions() {
    const Expressions& expressions = program_.expressions;
    const std::vector<std::string>& symbols = expressions.symbols();
    std::vector<std::optional<int64_t>> hints(symbols.size());
    std::vector<bool> is_open(symbols.size(), false);
    std::vector<bool> seen(expressions.size(), false);
    for (const Value& value : program_.values) {
      for (uint32_t i = value.sizes.begin; i < value.sizes.end; ++i) {
        const Size& size = program_.sizes[i];
        if (size.expression == kNone || seen[size.expression]) continue;
        seen[size.expression] = true;
        const int symbol = expressions.only_symbol(size.expression);
        if (symbol >= 0 && size.has_hint && !hints[symbol]) {
          hints[symbol] = expressions.Solve(size.expression, symbol, size.hint);
        }
        if (!value.is_tensor) continue;
        expressions.MarkSymbols(size.expression, is_open);
      }
    }
    for (int i = 0; i < static_cast<int>(symbols.size()); ++i) {
      Dimension dimension;
      dimension.symbol = i;
      dimension.is_open = is_open[i];
      const auto found = bounds_.find(symbols[i]);
      if (found != bounds_.end()) {
        dimension.min = std::max<int64_t>(0, found->second.min);
        dimension.max = std::max(dimension.min, found->second.max);
      }
      dimension.hint = hints[i].value_or(
          std::min(std::max<int64_t>(dimension.min, 2), dimension.max));
      if (!hints[i] && is_open[i]) {
        program_.warnings.push_back(absl::StrCat(
            "the file does not say how large a size is that depends on the "
            "data: figures are for ",
            Printable(symbols[i], true), "=", dimension.hint,
            ", and --dim gives those for another"));
      }
      program_.dimensions.push_back(dimension);
    }
  }

  JsonReader& json_;
  Program& program_;
  GraphReader graphs_;
  bool has_version_ = false;
  absl::flat_hash_map<absl::string_view, Bounds> bounds_;
};

// The version alone, of a document that cannot be read as a whole.
absl::Status CheckVersion(absl::string_view text) {
  JsonReader json;
  absl::Status opened = json.Open(text);
  if (!opened.ok()) return opened;
  int64_t major = 0;
  int64_t minor = 0;
  json.VisitDocument(
          [&](absl::string_view key, JsonValue value) -> absl::Status {
            if (key != "schema_version") return absl::OkStatus();
            return json.VisitObject(
                value,
                [&](absl::string_view part, JsonValue field) -> absl::Status {
                  absl::StatusOr<int64_t> number = json.Integer(field);
                  if (!number.ok()) return absl::OkStatus();
                  if (part == "major") major = *number;
                  if (part == "minor") minor = *number;
                  return absl::OkStatus();
                });
          })
      .IgnoreError();
  return major > kSchemaMajor ? VersionError(major, minor) : absl::OkStatus();
}

absl::Status InMember(const absl::Status& status, absl::string_view member) {
  if (status.ok() || !absl::IsDataLoss(status)) return status;
  return absl::DataLossError(absl::StrCat(
      "its member '", Printable(member, true), "': ", status.message()));
}

}  // namespace

absl::Status ReadProgramJson(absl::string_view text, Program& program) {
  JsonReader json;
  absl::Status read = json.Open(text);
  if (read.ok()) read = ProgramReader(json, program).Read();
  if (!absl::IsDataLoss(read)) return read;
  const absl::Status version = CheckVersion(text);
  return absl::IsUnimplemented(version) ? version : read;
}

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
                }
                return absl::OkStatus();
              });
          if (!read.ok()) return read;
          if (weight.record == kNone) return json.Missing("path_name");
          program.weights.push_back(std::move(weight));
          return absl::OkStatus();
        });
  });
}

absl::StatusOr<std::unique_ptr<Program>> ReadProgram(
    Archive& archive, const Archive::Program& which) {
  auto program = std::make_unique<Program>();
  absl::StatusOr<absl::string_view> json = archive.Read(which.json);
  if (!json.ok()) return json.status();
  absl::Status read = InMember(ReadProgramJson(*json, *program), which.json);
  if (!read.ok()) return read;
  const std::pair<absl::string_view, absl::string_view> configs[] = {
      {which.weights_config, "/data/weights/"},
      {which.constants_config, "/data/constants/"}};
  for (const auto& [config, folder] : configs) {
    if (config.empty()) continue;
    const size_t had = program->weights.size();
    absl::StatusOr<absl::string_view> text = archive.Read(config);
    if (!text.ok()) return text.status();
    read = InMember(ReadWeightsJson(*text, *program), config);
    if (!read.ok()) return read;
    for (size_t i = had; i < program->weights.size(); ++i) {
      WeightRecord& weight = program->weights[i];
      weight.bytes = static_cast<int64_t>(archive.size(
          absl::StrCat(archive.root(), folder, weight.record_name)));
    }
  }
  return program;
}

}  // namespace strata::exported_program
