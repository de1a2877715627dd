#include "tests/conformance_tools.h"

#include <fcntl.h>
#include <gelf.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <limits>

#include "tests/testing.h"

namespace strata {

CatchStandardOutput::CatchStandardOutput()
    : file_(WriteTempFile("stdout", "")) {
  std::fflush(stdout);
  saved_ = dup(STDOUT_FILENO);
  const int fd = open(file_.c_str(), O_WRONLY | O_TRUNC);
  dup2(fd, STDOUT_FILENO);
  close(fd);
}

std::string CatchStandardOutput::Text() {
  std::fflush(stdout);
  if (saved_ >= 0) {
    dup2(saved_, STDOUT_FILENO);
    close(saved_);
    saved_ = -1;
  }
  return ReadWholeFile(file_);
}

DynamicEntries ReadDynamicEntries(const std::string& library) {
  DynamicEntries entries;
  elf_version(EV_CURRENT);
  const int fd = open(library.c_str(), O_RDONLY);
  Elf* elf = elf_begin(fd, ELF_C_READ, nullptr);
  for (Elf_Scn* section = elf_nextscn(elf, nullptr); section != nullptr;
       section = elf_nextscn(elf, section)) {
    GElf_Shdr header;
    gelf_getshdr(section, &header);
    if (header.sh_type != SHT_DYNAMIC) continue;
    Elf_Data* data = elf_getdata(section, nullptr);
    for (size_t i = 0; i < header.sh_size / header.sh_entsize; ++i) {
      GElf_Dyn entry;
      gelf_getdyn(data, static_cast<int>(i), &entry);
      if (entry.d_tag == DT_NEEDED) {
        entries.needed.push_back(
            elf_strptr(elf, header.sh_link, entry.d_un.d_val));
      } else if (entry.d_tag == DT_FLAGS_1) {
        entries.never_unloaded = (entry.d_un.d_val & DF_1_NODELETE) != 0;
      }
    }
  }
  elf_end(elf);
  close(fd);
  return entries;
}

int64_t BytesKept(const std::function<void()>& once) {
#ifndef __GLIBC__
  return 0;  // Nobody counts.
#else
  constexpr int kRounds = 5;
  constexpr int kTimes = 50;
  for (int i = 0; i < 5; ++i) once();
  // Memory that malloc holds ready for a thread counts as used, and now and
  // then it holds more than before: what is kept is kept in every round.
  int64_t least = std::numeric_limits<int64_t>::max();
  for (int round = 0; round < kRounds && least > 0; ++round) {
    const size_t before = mallinfo2().uordblks;
    for (int i = 0; i < kTimes; ++i) once();
    const int64_t kept = static_cast<int64_t>(mallinfo2().uordblks) -
                         static_cast<int64_t>(before);
    least = std::min(least, kept / kTimes);
  }
  return least;
#endif
}

}  // namespace strata
