#include "plugins/sources/exported_program/schema_version.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/error.h"
#include "plugins/sources/exported_program/json_reader.h"

namespace strata::exported_program {

absl::Status VersionError(int64_t major, int64_t minor) {
  return WithHint(
      absl::UnimplementedError(
          absl::StrCat("its schema is version ", major, ".", minor,
                       ", and this Strata reads up to ", kSchemaMajor,
                       ": it was written by a later PyTorch")),
      "use a later Strata, or export the model with the PyTorch that the "
      "README of the plugin exported_program names");
}

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

}  // namespace strata::exported_program
