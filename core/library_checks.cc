#include "core/library_checks.h"

#include <fcntl.h>
#include <gelf.h>
#include <google/protobuf/descriptor.h>
#include <libelf.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/algorithm/container.h"
#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace strata {
namespace {

constexpr absl::string_view kProtoEnding = ".proto";

void ReadDynamic(Elf_Data* data, Elf* elf, const GElf_Shdr& header,
                 LibraryFacts& facts) {
  if (header.sh_entsize == 0) return;
  const int count = static_cast<int>(header.sh_size / header.sh_entsize);
  for (int i = 0; i < count; ++i) {
    GElf_Dyn entry;
    if (gelf_getdyn(data, i, &entry) == nullptr) return;
    const bool is_folders =
        entry.d_tag == DT_RUNPATH || entry.d_tag == DT_RPATH;
    if (entry.d_tag != DT_NEEDED && !is_folders) continue;
    const char* text = elf_strptr(elf, header.sh_link, entry.d_un.d_val);
    if (text == nullptr) continue;
    if (!is_folders) {
      facts.needed.emplace_back(text);
      continue;
    }
    if (*text == '\0') continue;
    // An empty part of a longer one means the current folder.
    for (absl::string_view folder : absl::StrSplit(text, ':')) {
      facts.run_folders.emplace_back(folder);
    }
  }
}

// Whether generated Protobuf code in it registers its descriptors: it then
// calls AddDescriptorsRunner, or (newer) AddDescriptors, of libprotobuf.
bool Registers(Elf_Data* data, Elf* elf, const GElf_Shdr& header) {
  if (header.sh_entsize == 0) return false;
  const int count = static_cast<int>(header.sh_size / header.sh_entsize);
  for (int i = 0; i < count; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, i, &symbol) == nullptr) return false;
    const char* name = elf_strptr(elf, header.sh_link, symbol.st_name);
    if (name != nullptr && symbol.st_shndx == SHN_UNDEF &&
        absl::StrContains(name, "protobuf8internal") &&
        absl::StrContains(name, "AddDescriptors")) {
      return true;
    }
  }
  return false;
}

bool IsPathByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' ||
         c == '-' || c == '.' || c == '/';
}

// A descriptor of a file begins with its name: the byte 10, the length, the
// text. The code holds the descriptor as it is serialised.
void FindProtoFiles(absl::string_view bytes, std::vector<std::string>& files) {
  size_t at = 0;
  while ((at = bytes.find(kProtoEnding, at)) != bytes.npos) {
    const size_t end = at + kProtoEnding.size();
    size_t begin = at;
    while (begin > 0 && IsPathByte(bytes[begin - 1])) --begin;
    at = end;
    // The length may itself look like a letter of the name.
    for (size_t name = begin; name < end; ++name) {
      const size_t length = end - name;
      if (name < 2 || length > 127 || bytes[name - 2] != '\n' ||
          static_cast<unsigned char>(bytes[name - 1]) != length) {
        continue;
      }
      files.emplace_back(bytes.substr(name, length));
      break;
    }
  }
}

std::string Joined(const std::string& folder) {
  return folder.empty() ? "the current one" : absl::StrCat("'", folder, "'");
}

}  // namespace

absl::StatusOr<LibraryFacts> ReadLibraryFacts(const std::string& file) {
  elf_version(EV_CURRENT);
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return absl::NotFoundError(std::strerror(errno));
  absl::Cleanup close_fd = [fd] { close(fd); };
  Elf* elf = elf_begin(fd, ELF_C_READ_MMAP, nullptr);
  if (elf == nullptr) return absl::DataLossError(elf_errmsg(-1));
  absl::Cleanup end_elf = [elf] { elf_end(elf); };
  LibraryFacts facts;
  bool registers = false;
  std::vector<Elf_Data*> constants;
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr;
       section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    if (data == nullptr || data->d_buf == nullptr) continue;
    if (header.sh_type == SHT_DYNAMIC) {
      ReadDynamic(data, elf, header, facts);
    } else if (header.sh_type == SHT_DYNSYM) {
      registers |= Registers(data, elf, header);
    } else if (header.sh_type == SHT_PROGBITS &&
               (header.sh_flags & SHF_EXECINSTR) == 0) {
      constants.push_back(data);
    }
  }
  if (!registers) return facts;
  for (const Elf_Data* data : constants) {
    FindProtoFiles({static_cast<const char*>(data->d_buf), data->d_size},
                   facts.proto_files);
  }
  return facts;
}

absl::Status CheckLibrary(const std::string& file) {
  absl::StatusOr<LibraryFacts> facts = ReadLibraryFacts(file);
  if (!facts.ok()) return facts.status();
  for (const std::string& folder : facts->run_folders) {
    if (absl::StartsWith(folder, "/") || absl::StartsWith(folder, "$ORIGIN") ||
        absl::StartsWith(folder, "${ORIGIN}")) {
      continue;
    }
    return absl::FailedPreconditionError(
        absl::StrCat("its RUNPATH looks for libraries in a relative folder, ",
                     Joined(folder), "; expected absolute ones or $ORIGIN"));
  }
  for (const std::string& needed : facts->needed) {
    if (!absl::StrContains(needed, '/') || needed[0] == '/') continue;
    return absl::FailedPreconditionError(
        absl::StrCat("it needs a library by a relative path, '", needed, "'"));
  }
  const google::protobuf::DescriptorPool& pool =
      *google::protobuf::DescriptorPool::generated_pool();
  for (const std::string& proto : facts->proto_files) {
    if (pool.FindFileByName(proto) == nullptr) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "it brings generated code of the Protobuf file '", proto,
        "', which this process already has: Protobuf would end it; rebuild "
        "the plugin with `option optimize_for = LITE_RUNTIME`, or share it"));
  }
  return absl::OkStatus();
}

}  // namespace strata
