#include "core/trusted_path.h"

#include <grp.h>
#include <pwd.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace strata {
namespace {

namespace fs = std::filesystem;

// As many as the kernel follows.
constexpr int kMostLinks = 40;

// "" where the system knows none.
std::string UserName(uid_t user) {
  passwd entry;
  passwd* found = nullptr;
  std::vector<char> buffer(16384);
  if (getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return "";
  }
  return found->pw_name;
}

std::string UserText(uid_t user) {
  const std::string name = UserName(user);
  return name.empty() ? absl::StrCat("user ", user)
                      : absl::StrCat("'", name, "'");
}

// In a namespace that leaves root's number out (Bazel's sandbox, containers
// without root) all that is root's, or anybody else's, has one number.
bool StandsForRoot(uid_t user) {
  std::ifstream map("/proc/self/uid_map");
  uid_t inside = 0, outside = 0, length = 0;
  while (map >> inside >> outside >> length) {
    if (outside == 0) return false;  // Root has a number of its own here.
  }
  uid_t overflow = 0;
  return std::ifstream("/proc/sys/kernel/overflowuid") >> overflow &&
         user == overflow;
}

bool IsOursOrRoots(uid_t user) {
  return user == geteuid() || user == 0 || StandsForRoot(user);
}

// Nobody but the user and root is in it. Who has it as the main group the
// system may not be able to list: hence only these names.
bool IsPrivateGroup(gid_t group) {
  struct group entry;
  struct group* found = nullptr;
  std::vector<char> buffer(65536);
  if (getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return false;
  }
  const std::string user = UserName(geteuid());
  const std::string name = found->gr_name;
  if (name != user && name != "root" && name != "staff") return false;
  for (char** member = found->gr_mem; *member != nullptr; ++member) {
    if (*member != user && std::strcmp(*member, "root") != 0) return false;
  }
  return true;
}

// What the group's bits say is then no more than the list's upper limit.
bool HasAccessList(const std::string& path) {
  return getxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

std::string GroupText(gid_t group) {
  struct group entry;
  struct group* found = nullptr;
  std::vector<char> buffer(65536);
  if (getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return absl::StrCat("the group ", group);
  }
  return absl::StrCat("the group '", found->gr_name, "'");
}

// The parts still to go come last to first.
void PushParts(const std::string& path, std::vector<std::string>& parts) {
  const std::vector<std::string> added =
      absl::StrSplit(path, '/', absl::SkipEmpty());
  parts.insert(parts.end(), added.rbegin(), added.rend());
}

}  // namespace

std::string WhyNotTrustedAlone(const std::string& path, const struct stat& info,
                               bool is_above) {
  if (!IsOursOrRoots(info.st_uid)) {
    return absl::StrCat(path, " belongs to ", UserText(info.st_uid),
                        ", not to you or root");
  }
  if (S_ISLNK(info.st_mode)) return "";  // Has no permissions.
  const bool is_sticky =
      is_above && S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0;
  if (is_sticky) return "";
  if ((info.st_mode & S_IWOTH) != 0) {
    return absl::StrCat(path, " may be written by everyone");
  }
  if ((info.st_mode & S_IWGRP) == 0) return "";
  if (HasAccessList(path)) {
    return absl::StrCat(path, " may be written by others (its access list)");
  }
  if (!IsPrivateGroup(info.st_gid)) {
    return absl::StrCat(path, " may be written by ", GroupText(info.st_gid));
  }
  return "";
}

std::string WhyNotTrusted(const std::string& path) {
  std::vector<std::string> parts;
  PushParts(path, parts);
  std::string here = "/";
  int links = 0;
  struct stat info;
  if (lstat("/", &info) != 0) return "/ cannot be read";
  std::string why = WhyNotTrustedAlone("/", info, true);
  while (why.empty() && !parts.empty()) {
    const std::string part = parts.back();
    parts.pop_back();
    if (part == ".") continue;
    if (part == "..") {
      here = fs::path(here).parent_path();
      continue;
    }
    const std::string next = fs::path(here) / part;
    if (lstat(next.c_str(), &info) != 0) {
      return absl::StrCat(next, " cannot be read: ", std::strerror(errno));
    }
    why = WhyNotTrustedAlone(next, info, !parts.empty());
    if (!S_ISLNK(info.st_mode)) {
      here = next;
      continue;
    }
    std::error_code error;
    const std::string target = fs::read_symlink(next, error);
    if (error) return absl::StrCat(next, " cannot be read");
    if (++links > kMostLinks) return absl::StrCat(path, " is a loop of links");
    if (target[0] == '/') here = "/";
    PushParts(target, parts);
  }
  return why;
}

std::string OwnerOf(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return "";
  const std::string name = UserName(info.st_uid);
  return name.empty() ? absl::StrCat(info.st_uid) : name;
}

}  // namespace strata
