#include "core/plugin_descriptor.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/option_values.h"
#include "core/version.h"

namespace strata {
namespace {

constexpr absl::string_view kSection = "strata_plugin";

absl::Status Damaged(absl::string_view why) {
  return absl::DataLossError(absl::StrCat("damaged library: ", why));
}

// A plugin's name becomes part of a C symbol.
bool IsIdentifier(absl::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (char c : name) {
    const bool fits =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!fits) return false;
  }
  return true;
}

// The machine this program was compiled for, in ELF's numbering.
int OwnMachine() {
#if defined(__x86_64__)
  return EM_X86_64;
#elif defined(__aarch64__)
  return EM_AARCH64;
#else
  return EM_NONE;
#endif
}

absl::Status CheckHeader(Elf* elf, int64_t file_bytes) {
  GElf_Ehdr header;
  if (elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &header) == nullptr) {
    return absl::InvalidArgumentError("not an ELF shared library");
  }
  if (header.e_type != ET_DYN) {
    return absl::InvalidArgumentError("an ELF file, but no shared library");
  }
  if (OwnMachine() != EM_NONE && header.e_machine != OwnMachine()) {
    return absl::InvalidArgumentError(
        absl::StrCat("built for another architecture (ELF machine ",
                     header.e_machine, ", wanted ", OwnMachine(), ")"));
  }
  const uint64_t end =
      header.e_shoff + uint64_t{header.e_shnum} * header.e_shentsize;
  if (end < header.e_shoff || end > static_cast<uint64_t>(file_bytes)) {
    return Damaged(absl::StrCat("its section table ends at byte ", end,
                                ", the file at ", file_bytes,
                                ": it is truncated"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> SectionText(Elf* elf) {
  size_t names = 0;
  if (elf_getshdrstrndx(elf, &names) != 0) return Damaged(elf_errmsg(-1));
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr;
       section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) {
      return Damaged(elf_errmsg(-1));
    }
    const char* name = elf_strptr(elf, names, header.sh_name);
    if (name == nullptr || name != kSection) continue;
    Elf_Data* data = elf_rawdata(section, nullptr);
    if (data == nullptr || data->d_buf == nullptr) {
      return Damaged(absl::StrCat("section ", kSection, " cannot be read"));
    }
    return std::string(static_cast<const char*>(data->d_buf), data->d_size);
  }
  return absl::NotFoundError(
      absl::StrCat("no section '", kSection, "': not a Strata plugin"));
}

}  // namespace

absl::StatusOr<PluginDescriptor> ParsePluginDescriptor(absl::string_view text) {
  std::map<std::string, std::string, std::less<>> fields;
  for (absl::string_view field :
       absl::StrSplit(text, '\0', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(field, absl::MaxSplits('=', 1));
    if (!fields.emplace(pair.first, pair.second).second) {
      return Damaged(absl::StrCat("the descriptor has two fields '", pair.first,
                                  "': one library holds one plugin"));
    }
  }
  PluginDescriptor d;
  d.kind = fields["kind"];
  d.name = fields["name"];
  d.description = fields["description"];
  d.version = fields["version"];
  d.interface = fields["interface"];
  d.build = fields["build"];
  d.content = fields["content"];
  d.records_inputs = fields["inputs"] == "recorded";
  d.devices = fields["devices"];
  d.computed_by = fields["computed_by"];
  d.endings = absl::StrSplit(fields["endings"], ',', absl::SkipEmpty());
  d.uses = absl::StrSplit(fields["uses"], ',', absl::SkipEmpty());
  d.runtime.name = fields["runtime"];
  d.runtime.version = fields["runtime_version"];
  d.runtime.environment = fields["runtime_environment"];
  d.runtime.python_package = fields["runtime_python"];
  d.runtime.folder = fields["runtime_folder"];
  d.runtime.libraries =
      absl::StrSplit(fields["runtime_libraries"], ',', absl::SkipEmpty());
  for (const auto& [key, text] : fields) {
    absl::string_view name = key;
    if (!absl::ConsumePrefix(&name, "option.")) continue;
    absl::StatusOr<OptionSpec> spec = ParseOptionSpec(name, text);
    if (!spec.ok()) return spec.status();
    d.options.push_back(*std::move(spec));
  }
  if (!IsIdentifier(d.name)) {
    return Damaged(absl::StrCat("the descriptor's name is '", d.name,
                                "', expected lower-case letters, digits, _"));
  }
  if (d.kind != "source" && d.kind != "metric" && d.kind != "formatter") {
    return Damaged(absl::StrCat("the descriptor's kind is '", d.kind,
                                "', expected source, metric or formatter"));
  }
  return d;
}

absl::StatusOr<PluginDescriptor> ReadPluginDescriptor(const std::string& file) {
  elf_version(EV_CURRENT);
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::NotFoundError(std::strerror(errno));
  absl::Cleanup close_fd = [fd] { close(fd); };
  Elf* elf = elf_begin(fd, ELF_C_READ_MMAP, nullptr);
  if (elf == nullptr) return Damaged(elf_errmsg(-1));
  absl::Cleanup end_elf = [elf] { elf_end(elf); };

  struct stat info;
  if (fstat(fd, &info) != 0) return absl::NotFoundError(std::strerror(errno));
  absl::Status header = CheckHeader(elf, info.st_size);
  if (!header.ok()) return header;
  absl::StatusOr<std::string> text = SectionText(elf);
  if (!text.ok()) return text.status();
  return ParsePluginDescriptor(*text);
}

absl::Status CheckPluginMatches(const PluginDescriptor& d) {
  const absl::string_view wanted = STRATA_STRINGIFY(STRATA_INTERFACE_VERSION);
  if (d.interface != wanted) {
    return absl::FailedPreconditionError(
        absl::StrCat("interface version ", d.interface, ", wanted ", wanted,
                     ": rebuild the plugin against this Strata"));
  }
  if (d.build != STRATA_BUILD_STRING) {
    return absl::FailedPreconditionError(
        absl::StrCat("built with '", d.build, "', wanted '",
                     STRATA_BUILD_STRING, "': rebuild the plugin"));
  }
  return absl::OkStatus();
}

}  // namespace strata
