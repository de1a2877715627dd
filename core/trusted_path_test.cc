#include "core/trusted_path.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// TEMP/NAME/inner/file, open to the user alone; the path of NAME.
std::string Folder(const std::string& name) {
  const fs::path folder =
      (fs::path(testing::TempDir()) / name).lexically_normal();
  fs::create_directories(folder / "inner");
  for (const fs::path& path : {folder, folder / "inner"}) {
    fs::permissions(path, fs::perms(0755));
  }
  fs::permissions(WriteTempFile(name + "/inner/file", ""), fs::perms(0644));
  return folder;
}

TEST(TrustedPathTest, WhatIsOnlyOursOrRoots) {
  const std::string folder = Folder("ours");
  EXPECT_EQ(WhyNotTrusted(folder), "");
  EXPECT_EQ(WhyNotTrusted(folder + "/inner/file"), "");
  EXPECT_EQ(WhyNotTrusted(folder + "/inner/../inner/./file"), "");
  EXPECT_EQ(WhyNotTrusted("/"), "");
  EXPECT_EQ(WhyNotTrusted("/usr/lib"), "");
}

TEST(TrustedPathTest, WhatEveryoneMayWrite) {
  for (const char* part : {"", "/inner", "/inner/file"}) {
    const std::string folder = Folder("open");
    const std::string changed = folder + part;
    fs::permissions(changed, fs::perms::others_write, fs::perm_options::add);
    EXPECT_EQ(WhyNotTrusted(folder + "/inner/file"),
              changed + " may be written by everyone");
  }
}

// Where nobody moves the files of others; but new ones may come.
TEST(TrustedPathTest, AStickyFolder) {
  const std::string folder = Folder("sticky");
  fs::permissions(folder, fs::perms(01777));
  EXPECT_EQ(WhyNotTrusted(folder + "/inner"), "");
  EXPECT_EQ(WhyNotTrusted(folder), folder + " may be written by everyone");
}

// By what lstat would say: no test may give a file to another user.
struct stat Entry(mode_t mode, uid_t user, gid_t group) {
  struct stat info = {};
  info.st_mode = mode;
  info.st_uid = user;
  info.st_gid = group;
  return info;
}

TEST(TrustedPathTest, WhoseItIsAndWhoMayWrite) {
  constexpr uid_t kOther = 12345;
  const uid_t user = geteuid();
  struct {
    struct stat info;
    bool is_above;
    std::string why;
  } const rows[] = {
      {Entry(S_IFREG | 0644, user, 0), false, ""},
      {Entry(S_IFREG | 0644, 0, kOther), false, ""},
      {Entry(S_IFREG | 0644, kOther, 0), false,
       "x belongs to user 12345, not to you or root"},
      {Entry(S_IFDIR | 01777, kOther, 0), true,
       "x belongs to user 12345, not to you or root"},
      {Entry(S_IFLNK | 0777, user, 0), false, ""},
      {Entry(S_IFLNK | 0777, kOther, 0), false,
       "x belongs to user 12345, not to you or root"},
      {Entry(S_IFDIR | 0775, user, kOther), true,
       "x may be written by the group 12345"},
      {Entry(S_IFDIR | 01775, user, kOther), true, ""},
      {Entry(S_IFDIR | 01775, user, kOther), false,
       "x may be written by the group 12345"},
      {Entry(S_IFDIR | 0775, 0, 0), true, ""},  // Root's own group.
      {Entry(S_IFDIR | 0777, user, 0), true, "x may be written by everyone"},
      {Entry(S_IFDIR | 01777, user, 0), true, ""},
      {Entry(S_IFREG | 01666, user, 0), true, "x may be written by everyone"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(WhyNotTrustedAlone("x", row.info, row.is_above), row.why)
        << std::oct << row.info.st_mode << " user " << row.info.st_uid;
  }
}

TEST(TrustedPathTest, LinksAreFollowed) {
  const std::string open = Folder("target");
  fs::permissions(open, fs::perms(0777));
  const std::string folder = Folder("linking");
  fs::remove(folder + "/link");
  fs::create_symlink(open + "/inner/file", folder + "/link");
  EXPECT_EQ(WhyNotTrusted(folder + "/link"),
            open + " may be written by everyone");
  fs::permissions(open, fs::perms(0755));
  EXPECT_EQ(WhyNotTrusted(folder + "/link"), "");
  // The folder of the link counts as well as that of its target.
  fs::permissions(folder, fs::perms(0777));
  EXPECT_EQ(WhyNotTrusted(folder + "/link"),
            folder + " may be written by everyone");
}

TEST(TrustedPathTest, RelativeLinksAndLoops) {
  const std::string folder = Folder("links");
  for (const char* name : {"/up", "/a", "/b"}) fs::remove(folder + name);
  fs::create_symlink("inner/../inner/file", folder + "/up");
  EXPECT_EQ(WhyNotTrusted(folder + "/up"), "");
  fs::create_symlink("b", folder + "/a");
  fs::create_symlink("a", folder + "/b");
  EXPECT_EQ(WhyNotTrusted(folder + "/a"), folder + "/a is a loop of links");
}

TEST(TrustedPathTest, WhatIsNotThere) {
  EXPECT_THAT(WhyNotTrusted("/no/such/file"),
              HasSubstr("/no cannot be read: No such file"));
  EXPECT_EQ(OwnerOf("/no/such/file"), "");
}

}  // namespace
}  // namespace strata
