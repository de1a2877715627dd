#include "plugins/sources/exported_program/program_reader.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "plugins/sources/exported_program/graph_reader.h"
#include "plugins/sources/exported_program/json_reader.h"
#include "plugins/sources/exported_program/schema_version.h"
#include "plugins/sources/exported_program/symbol_bounds.h"

namespace strata::exported_program {
namespace {

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
    AddDimensions(bounds_, program_);
    return absl::OkStatus();
  }

 private:
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
    if (kind == "user_input") {
      return ReadUserArgument(value, program_.user_inputs, program_.is_for_run);
    }
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
    return ReadUserArgument(value, program_.user_outputs, false);
  }

  absl::Status ReadUserArgument(JsonValue value, std::vector<Id>& ids,
                                bool is_named) {
    return json_.VisitObject(
        value, [&](absl::string_view key, JsonValue arg) -> absl::Status {
          if (key != "arg") return absl::OkStatus();
          return json_.VisitUnion(
              arg,
              [&](absl::string_view kind, JsonValue inner) -> absl::Status {
                if (kind != "as_tensor") return absl::OkStatus();
                absl::string_view name;
                absl::StatusOr<Id> id = graphs_.ReadName(inner, &name);
                if (!id.ok()) return id.status();
                if (!program_.values[*id].is_described) {
                  return json_.Error(
                      "the graph's tensor_values does not have it");
                }
                ids.push_back(*id);
                if (is_named) program_.user_input_names.emplace_back(name);
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

  JsonReader& json_;
  Program& program_;
  GraphReader graphs_;
  bool has_version_ = false;
  SymbolBounds bounds_;
};

}  // namespace

absl::Status ReadProgramJson(absl::string_view text, Program& program) {
  JsonReader json;
  absl::Status read = json.Open(text);
  if (read.ok()) read = ProgramReader(json, program).Read();
  if (!absl::IsDataLoss(read)) return read;
  const absl::Status version = CheckVersion(text);
  return absl::IsUnimplemented(version) ? version : read;
}

}  // namespace strata::exported_program
