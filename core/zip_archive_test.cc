#include "core/zip_archive.h"

#include <zip.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

constexpr uint64_t kMost = 1 << 20;

std::string PathTo(const std::string& name) {
  return absl::StrCat(testing::TempDir(), "/", name);
}

struct Content {
  const char* name;
  std::string bytes;
};

const std::vector<Content>& Contents() {
  static const auto* const contents = new std::vector<Content>{
      {"m/data/0", std::string(5000, 'a')},
      {"m/data/1", std::string(3000, 'b')},
      {"m/code/a.py", "def forward(self): pass"},
      {"m/version", "3\n"},
  };
  return *contents;
}

// Stored, so that bytes can be cut out of a member.
std::string WriteArchive(const std::string& name, int method = ZIP_CM_STORE) {
  const std::string file = PathTo(name);
  int code = 0;
  zip_t* archive = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  for (const Content& content : Contents()) {
    zip_source_t* source = zip_source_buffer(archive, content.bytes.data(),
                                             content.bytes.size(), 0);
    const zip_int64_t index =
        zip_file_add(archive, content.name, source, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(archive, index, method, 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  return file;
}

std::string Bytes(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

std::string WriteBytes(const std::string& name, const std::string& bytes) {
  std::ofstream(PathTo(name), std::ios::binary) << bytes;
  return PathTo(name);
}

int IndexOf(const ZipArchive& archive, const char* name) {
  return archive.Find(name).value_or(-1);
}

TEST(ZipArchiveTest, MembersAndTheirContent) {
  for (int method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    const std::string file = WriteArchive("whole.zip", method);
    ASSERT_OK_AND_ASSIGN(const auto archive, ZipArchive::Open(file));
    ASSERT_EQ(archive->members().size(), Contents().size());
    for (const Content& content : Contents()) {
      const int index = IndexOf(*archive, content.name);
      ASSERT_GE(index, 0);
      EXPECT_EQ(archive->members()[index].size, content.bytes.size());
      EXPECT_TRUE(!archive->Missing()[index]);
      ASSERT_OK_AND_ASSIGN(const std::string bytes,
                           archive->Read(index, kMost));
      EXPECT_EQ(bytes, content.bytes);
    }
    EXPECT_FALSE(archive->Find("m/data/2").has_value());
    EXPECT_THAT(archive->Read(0, 4999),
                IsError(absl::StatusCode::kDataLoss,
                        "'m/data/0' has 5000 bytes, more than the 4999"));
  }
}

TEST(ZipArchiveTest, APartIsMissingInTheMiddle) {
  const std::string whole = Bytes(WriteArchive("whole.zip"));
  const size_t in_first = whole.find(std::string(100, 'a'));
  const size_t in_second = whole.find(std::string(100, 'b'));
  // Out of one member; and from one into the next, over its header.
  struct Cut {
    size_t begin;
    size_t size;
    bool second_is_there;
  };
  for (const Cut& cut : {Cut{in_first + 10, 1000, true},
                         Cut{in_first + 10, in_second - in_first, false}}) {
    std::string bytes = whole;
    bytes.erase(cut.begin, cut.size);
    const std::string file = WriteBytes("cut.zip", bytes);
    ASSERT_OK_AND_ASSIGN(const auto archive, ZipArchive::Open(file));
    const int code = IndexOf(*archive, "m/code/a.py");
    ASSERT_OK_AND_ASSIGN(const std::string text, archive->Read(code, kMost));
    EXPECT_EQ(text, "def forward(self): pass");
    EXPECT_EQ(!archive->Missing()[IndexOf(*archive, "m/data/1")],
              cut.second_is_there);
    EXPECT_TRUE(archive->Missing()[IndexOf(*archive, "m/data/0")]);
  }
}

TEST(ZipArchiveTest, ZerosInPlaceOfMembers) {
  std::string bytes = Bytes(WriteArchive("whole.zip"));
  const size_t end = bytes.find("m/code/a.py") - 30;
  bytes.replace(0, end, std::string(end, '\0'));
  ASSERT_OK_AND_ASSIGN(const auto archive,
                       ZipArchive::Open(WriteBytes("zeros.zip", bytes)));
  EXPECT_FALSE(!archive->Missing()[IndexOf(*archive, "m/data/0")]);
  EXPECT_FALSE(!archive->Missing()[IndexOf(*archive, "m/data/1")]);
  EXPECT_TRUE(!archive->Missing()[IndexOf(*archive, "m/code/a.py")]);
}

TEST(ZipArchiveTest, WhatIsNoArchive) {
  const std::string whole = Bytes(WriteArchive("whole.zip"));
  struct Case {
    const char* what;
    std::string bytes;
  };
  for (const Case& wrong : {
           Case{"nothing", ""},
           Case{"text", "no archive"},
           Case{"the end is cut off", whole.substr(0, whole.size() - 30)},
           Case{"the end alone", whole.substr(whole.size() - 22)},
           Case{"the directory is gone",
                whole.substr(0, whole.find("PK\x01\x02")) +
                    whole.substr(whole.size() - 22)},
       }) {
    const auto opened = ZipArchive::Open(WriteBytes("wrong.zip", wrong.bytes));
    EXPECT_TRUE(absl::IsDataLoss(opened.status())) << wrong.what;
  }
  EXPECT_TRUE(absl::IsNotFound(ZipArchive::Open(PathTo("gone.zip")).status()));
}

}  // namespace
}  // namespace strata
