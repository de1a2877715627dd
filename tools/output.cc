#include "tools/output.h"

#include <fcntl.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/error.h"

namespace strata::tools {
namespace {

absl::Status CannotWrite(const std::string& file, absl::string_view why) {
  return MakeError(absl::StatusCode::kUnavailable, "cannot write",
                   file.empty() ? "standard output" : file, why);
}

// Of the outputs that are not done.
std::set<std::string>& Temporaries() {
  static auto* const names = new std::set<std::string>();
  return *names;
}

bool IsStandardOutput(const std::string& file) {
  return file.empty() || file == "/dev/stdout" || file == "/dev/fd/1" ||
         file == "/proc/self/fd/1";
}

}  // namespace

void RemoveTemporaries() {
  for (const std::string& name : Temporaries()) unlink(name.c_str());
}

FILE* StandardOutput() {
  // Never closed: what a plugin starts may still write at the end.
  static FILE* const stream = [] {
    std::fflush(stdout);
    const int aside = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    FILE* made = aside < 0 ? nullptr : fdopen(aside, "w");
    if (made == nullptr) return stdout;  // It is closed: writing will say so.
    // Standard error may be closed, too.
    if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
      const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
      if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
    }
    return made;
  }();
  return stream;
}

absl::StatusOr<std::unique_ptr<Output>> Output::Open(const std::string& file) {
  if (IsStandardOutput(file)) {
    return std::unique_ptr<Output>(new Output("", "", StandardOutput()));
  }
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
  // Through a link to the file that is meant.
  std::error_code error;
  const std::filesystem::path target =
      std::filesystem::weakly_canonical(std::filesystem::absolute(file), error);
  if (error) return CannotWrite(file, error.message());
  const mode_t old_mode = exists ? info.st_mode & 07777 : 0;
  const std::string folder = target.parent_path();
  const std::string named = std::filesystem::path(file).parent_path();
  if (stat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return WithHint(CannotWrite(file, absl::StrCat("the folder '", named,
                                                   "' does not exist")),
                    absl::StrCat("make it first: mkdir -p '", named, "'"));
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    return CannotWrite(file, std::strerror(errno));
  }
  std::unique_ptr<Output> output(new Output(file, target, nullptr));
  output->mode_ = old_mode;
  return output;
}

// Only now, so that a run that is killed leaves nothing.
void Output::MakeTemporary() {
  temporary_ = absl::StrCat(target_, ".XXXXXX");
  const int fd = mkstemp(temporary_.data());
  if (fd < 0) {
    error_ = errno;
    temporary_.clear();
    return;
  }
  Temporaries().insert(temporary_);
  const mode_t mask = umask(0);
  umask(mask);
  // mkstemp's 0600 is meant for secrets.
  fchmod(fd, mode_ != 0 ? mode_ : 0666 & ~mask);
  stream_ = fdopen(fd, "w");
}

Output::~Output() {
  if (stream_ != nullptr && stream_ != StandardOutput()) std::fclose(stream_);
  if (temporary_.empty()) return;
  unlink(temporary_.c_str());
  Temporaries().erase(temporary_);
}

void Output::Write(absl::string_view text) {
  if (error_ == 0 && stream_ == nullptr) MakeTemporary();
  if (error_ != 0) return;
  if (std::fwrite(text.data(), 1, text.size(), stream_) != text.size()) {
    error_ = errno;
  }
}

absl::Status Output::Failure(int error) const {
  return CannotWrite(file_, std::strerror(error));
}

absl::Status Output::Commit() {
  Write("");  // Nothing written is an empty file.
  if (error_ == 0 && std::fflush(stream_) != 0) error_ = errno;
  if (stream_ != StandardOutput() && stream_ != nullptr) {
    // A disk may be found full only here.
    if (std::fclose(std::exchange(stream_, nullptr)) != 0 && error_ == 0) {
      error_ = errno;
    }
  }
  if (error_ != 0) return Failure(error_);
  if (temporary_.empty()) return absl::OkStatus();
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) {
    return Failure(errno);
  }
  Temporaries().erase(temporary_);
  temporary_.clear();
  return absl::OkStatus();
}

Terminal LookAtTerminal() {
  Terminal terminal;
  std::setlocale(LC_CTYPE, "");
  terminal.unicode = std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  const int output = fileno(StandardOutput());
  if (!isatty(output)) return terminal;
  winsize size = {};
  if (ioctl(output, TIOCGWINSZ, &size) == 0) {
    terminal.width = size.ws_col;
  }
  const char* no_color = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  terminal.color = (no_color == nullptr || *no_color == '\0') &&
                   kind != nullptr && std::strcmp(kind, "dumb") != 0;
  return terminal;
}

}  // namespace strata::tools
