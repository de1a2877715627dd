// Of program_reader.h: which members of an archive a program is read from.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/error.h"
#include "core/printable.h"
#include "plugins/sources/exported_program/program_reader.h"

namespace strata::exported_program {
namespace {

absl::Status InMember(const absl::Status& status, absl::string_view member) {
  if (status.ok() || !absl::IsDataLoss(status)) return status;
  return absl::DataLossError(absl::StrCat(
      "its member '", Printable(member, true), "': ", status.message()));
}

}  // namespace

absl::StatusOr<const Archive::Program*> ChooseProgram(const Archive& archive,
                                                      const std::string& name) {
  const std::vector<Archive::Program>& programs = archive.programs();
  if (name.empty() && programs.size() == 1) return &programs[0];
  std::vector<std::string> names;
  for (const Archive::Program& program : programs) {
    if (program.name == name) return &program;
    names.push_back(Printable(program.name, true));
  }
  constexpr size_t kMostNames = 20;
  const size_t count = names.size();
  if (count > kMostNames) names.resize(kMostNames);
  const std::string list =
      absl::StrCat(absl::StrJoin(names, ", "), count > kMostNames ? ", …" : "");
  if (name.empty()) {
    return WithHint(absl::InvalidArgumentError(
                        absl::StrCat("it holds ", count, " programs: ", list)),
                    "choose one with --program=NAME");
  }
  return WithHint(absl::InvalidArgumentError(
                      absl::StrCat("it holds no program '", name, "'")),
                  absl::StrCat("there is: ", list));
}

absl::StatusOr<std::unique_ptr<Program>> ReadProgram(
    Archive& archive, const Archive::Program& which,
    const ReadOptions& options) {
  auto program = std::make_unique<Program>();
  program->is_for_run = options.for_run;
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
      weight.is_constant = config == which.constants_config;
      weight.bytes = static_cast<int64_t>(archive.size(
          absl::StrCat(archive.root(), folder, weight.record_name)));
    }
  }
  return program;
}

}  // namespace strata::exported_program
