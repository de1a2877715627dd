#include "core/file_content.h"

#include <sys/stat.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/error.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kTorchScript[] = "zip:*/constants.pkl";

// A zip archive with members of these names; its path.
std::string ZipOf(const std::string& name,
                  const std::vector<std::string>& members) {
  const std::string path = testing::TempDir() + "/" + name;
  int error = 0;
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  EXPECT_NE(zip, nullptr);
  for (const std::string& member : members) {
    zip_source_t* source = zip_source_buffer(zip, "content", 7, 0);
    EXPECT_GE(zip_file_add(zip, member.c_str(), source, ZIP_FL_OVERWRITE), 0);
  }
  EXPECT_EQ(zip_close(zip), 0) << zip_strerror(zip);
  return path;
}

TEST(FileContentTest, WhatCannotBeRead) {
  const std::string missing = testing::TempDir() + "/missing.pt";
  EXPECT_THAT(FileContent::Read(missing),
              IsError(absl::StatusCode::kNotFound,
                      "cannot read model (" + missing + "): no such file"));
  EXPECT_THAT(FileContent::Read(testing::TempDir()),
              IsError(absl::StatusCode::kNotFound, "it is a folder"));
  EXPECT_THAT(FileContent::Read(WriteTempFile("empty.pt", "")),
              IsError(absl::StatusCode::kNotFound, "it is empty (0 bytes)"));
  EXPECT_THAT(FileContent::Read(missing + "/inside"),
              IsError(absl::StatusCode::kNotFound, missing + "/inside"));
  // Not opened, for that would wait for ever.
  const std::string pipe = testing::TempDir() + "/pipe.pt";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(FileContent::Read(pipe),
              IsError(absl::StatusCode::kNotFound, "no regular file"));
}

TEST(FileContentTest, ATruncatedArchive) {
  const std::string whole =
      ReadWholeFile(ZipOf("whole.pt", {"m/constants.pkl", "m/data.pkl"}));
  for (size_t size : {whole.size() - 1, whole.size() / 2, size_t{4}}) {
    SCOPED_TRACE(size);
    const auto content =
        FileContent::Read(WriteTempFile("cut.pt", whole.substr(0, size)));
    EXPECT_THAT(content,
                IsError(absl::StatusCode::kNotFound, "the file is truncated"));
    EXPECT_THAT(content, IsError(absl::StatusCode::kNotFound, "cut.pt"));
    EXPECT_EQ(ErrorHint(content.status()), "copy or download it again");
  }
}

TEST(FileContentTest, TorchScriptByItsMembers) {
  ASSERT_OK_AND_ASSIGN(
      const FileContent content,
      FileContent::Read(ZipOf(
          "model.any",
          {"resnet/data.pkl", "resnet/code/a/b.py", "resnet/constants.pkl"})));
  struct {
    const char* signature;
    bool matches;
  } const rows[] = {
      {kTorchScript, true},
      {"zip:*/data.pkl", true},
      {"zip:*/code/*/*.py", true},
      {"zip:resnet/constants.pkl", true},
      {"zip:constants.pkl", false},  // * is one folder, not none,
      {"zip:*/b.py", false},         // and not several.
      {"zip:*", false},
      {"zip:", false},
      {"zip:*/none,*/constants.pkl", true},
      {"zip:*/none,*/b.py", false},
      {"*/constants.pkl", false},
      {"", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(content.Matches(row.signature), row.matches) << row.signature;
  }
}

TEST(FileContentTest, ATextIsNoArchive) {
  ASSERT_OK_AND_ASSIGN(const FileContent content,
                       FileContent::Read(WriteTempFile("a.txt", "constants")));
  EXPECT_FALSE(content.Matches(kTorchScript));
}

struct Known {
  const char* name;
  std::string path;
  const char* is;
  const char* hint;
};

TEST(FileContentTest, WhatItIsInstead) {
  const char* const save = "torch.jit.script(model).save(FILE)";
  const Known rows[] = {
      {"checkpoint", ZipOf("weights.pth", {"w/data.pkl", "w/data/0"}),
       "it is a checkpoint written by torch.save", save},
      {"export",
       ZipOf("m.pt2",
             {"m/models/model.json", "m/data/weights/0", "m/archive_format"}),
       "it is a torch.export archive (.pt2)", save},
      {"other zip", ZipOf("a.docx", {"word/document.xml", "b"}),
       "it is a zip archive of something else (2 members, the first "
       "'word/document.xml')",
       ""},
      {"pickle", WriteTempFile("old.pth", "\x80\x02}q\x01."),
       "it is a Python pickle", save},
      {"HDF5", WriteTempFile("k.h5", "\x89HDF\r\n\x1a\n"), "it is an HDF5 file",
       save},
      {"GGUF", WriteTempFile("l.gguf", "GGUF\x03"), "it is a GGUF file", save},
      {"text", WriteTempFile("t.pt", "import torch\n"),
       "it is no zip archive (it begins with \"import torch\\n\")", ""},
      {"short", WriteTempFile("s.pt", "P"), "it begins with \"P\"", ""},
  };
  for (const Known& row : rows) {
    SCOPED_TRACE(row.name);
    ASSERT_OK_AND_ASSIGN(const FileContent content,
                         FileContent::Read(row.path));
    const absl::Status error = content.NotReadable({"TorchScript", "ONNX"});
    EXPECT_THAT(error, IsError(absl::StatusCode::kNotFound, row.is));
    EXPECT_THAT(error, IsError(absl::StatusCode::kNotFound,
                               "; expected: TorchScript, or ONNX"));
    EXPECT_THAT(error, IsError(absl::StatusCode::kNotFound, row.path));
    EXPECT_THAT(ErrorHint(error), HasSubstr(row.hint));
    if (*row.hint == '\0') {
      EXPECT_THAT(ErrorHint(error), IsEmpty());
    }
    EXPECT_THAT(
        content.NotReadable({}),
        IsError(absl::StatusCode::kNotFound, "; no source plugin was found"));
  }
}

// Bytes of a stranger's file are shown as text, never as they are.
TEST(FileContentTest, ControlCharactersAreEscaped) {
  ASSERT_OK_AND_ASSIGN(
      const FileContent content,
      FileContent::Read(WriteTempFile("esc.pt", "\x1b[31mred")));
  const absl::Status error = content.NotReadable({});
  EXPECT_THAT(error, IsError(absl::StatusCode::kNotFound, "\\x1b[31mred"));
  EXPECT_THAT(std::string(error.message()), Not(HasSubstr("\x1b")));

  ASSERT_OK_AND_ASSIGN(const FileContent zip,
                       FileContent::Read(ZipOf("esc.zip", {"a\x1b[31m"})));
  EXPECT_THAT(std::string(zip.NotReadable({}).message()),
              Not(HasSubstr("\x1b")));
}

TEST(FileContentTest, WhatTheSystemRefuses) {
  const std::string file = WriteTempFile("plain.pt", "plain");
  EXPECT_THAT(FileContent::Read(file + "/inside"),
              IsError(absl::StatusCode::kNotFound, "Not a directory"));
  EXPECT_THAT(FileContent::Read("/dev/null"),
              IsError(absl::StatusCode::kNotFound, "it is no regular file"));
}

}  // namespace
}  // namespace strata
