#include "tools/output.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/error.h"

namespace strata::tools {
namespace {

absl::Status CannotWrite(const std::string& file, absl::string_view why) {
  return MakeError(absl::StatusCode::kUnavailable, "cannot write",
                   file.empty() ? "standard output" : file, why);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Output>> Output::Open(const std::string& file) {
  if (file.empty()) return std::unique_ptr<Output>(new Output("", "", stdout));
  struct stat info;
  const bool exists = stat(file.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    return CannotWrite(file, "it is a folder; expected a file name");
  }
  if (exists && !S_ISREG(info.st_mode)) {  // A pipe or a device stays in place.
    FILE* stream = std::fopen(file.c_str(), "w");
    if (stream == nullptr) return CannotWrite(file, std::strerror(errno));
    return std::unique_ptr<Output>(new Output(file, "", stream));
  }
  std::string folder = std::filesystem::path(file).parent_path();
  if (folder.empty()) folder = ".";
  if (stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return WithHint(CannotWrite(file, absl::StrCat("the folder '", folder,
                                                   "' does not exist")),
                    absl::StrCat("make it first: mkdir -p '", folder, "'"));
  }
  std::string temporary = absl::StrCat(file, ".XXXXXX");
  const int fd = mkstemp(temporary.data());
  if (fd < 0) return CannotWrite(file, std::strerror(errno));
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(fd, 0666 & ~mask);  // mkstemp's 0600 is meant for secrets.
  return std::unique_ptr<Output>(
      new Output(file, std::move(temporary), fdopen(fd, "w")));
}

Output::~Output() {
  if (stream_ != nullptr && stream_ != stdout) std::fclose(stream_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void Output::Write(absl::string_view text) {
  if (error_ != 0) return;
  if (std::fwrite(text.data(), 1, text.size(), stream_) != text.size()) {
    error_ = errno;
  }
}

absl::Status Output::Failure(int error) const {
  return CannotWrite(file_, std::strerror(error));
}

absl::Status Output::Commit() {
  if (error_ == 0 && std::fflush(stream_) != 0) error_ = errno;
  if (stream_ != stdout) {
    // A disk may be found full only here.
    if (std::fclose(std::exchange(stream_, nullptr)) != 0 && error_ == 0) {
      error_ = errno;
    }
  }
  if (error_ != 0) return Failure(error_);
  if (temporary_.empty()) return absl::OkStatus();
  if (std::rename(temporary_.c_str(), file_.c_str()) != 0) {
    return Failure(errno);
  }
  temporary_.clear();
  return absl::OkStatus();
}

Terminal LookAtTerminal() {
  Terminal terminal;
  std::setlocale(LC_CTYPE, "");
  terminal.unicode = std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  if (!isatty(STDOUT_FILENO)) return terminal;
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    terminal.width = size.ws_col;
  }
  const char* no_color = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  terminal.color = (no_color == nullptr || *no_color == '\0') &&
                   kind != nullptr && std::strcmp(kind, "dumb") != 0;
  return terminal;
}

}  // namespace strata::tools
