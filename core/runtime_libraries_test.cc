#include "core/runtime_libraries.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/error.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr char kVariable[] = "STRATA_TEST_RUNTIME";
constexpr char kPackage[] = "strata_test_runtime_package";

class RuntimeLibrariesTest : public testing::Test {
 protected:
  RuntimeLibrariesTest()
      : root_(fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::create_directories(root_);
  }
  ~RuntimeLibrariesTest() override {
    unsetenv(kVariable);
    unsetenv("PYTHONPATH");
  }

  // Writes a file under the test's own folder; its folder.
  std::string Write(const fs::path& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
    return (root_ / file).parent_path();
  }
  std::string Root(const char* sub) const { return root_ / sub; }

  PluginRuntime Runtime() const {
    PluginRuntime runtime;
    runtime.name = "libx";
    runtime.version = "2.13.0";
    runtime.environment = kVariable;
    runtime.python_package = kPackage;
    runtime.folder = Root("no_longer");
    runtime.libraries = {"libX0.so", "libX.so"};
    return runtime;
  }

  fs::path root_;
};

TEST_F(RuntimeLibrariesTest, TheVariableIsRight) {
  const std::string lib = Write("x/lib/libX.so", "");
  struct {
    const char* file;
    const char* text;
  } const versions[] = {
      {"build-version", "2.13.0\n"},
      {"build-version", "2.13.0+cpu\n"},
      {"version.py", "from a import b\n__version__ = '2.13.0+cu130'\n"},
      {"include/torch/headeronly/version.h",
       "#pragma once\n#define TORCH_VERSION_MAJOR 2\n"
       "#define TORCH_VERSION_MINOR 13\n#define TORCH_VERSION_PATCH 0\n"},
  };
  setenv(kVariable, Root("x").c_str(), 1);
  for (const auto& version : versions) {
    SCOPED_TRACE(version.text);
    Write(fs::path("x") / version.file, version.text);
    ASSERT_OK_AND_ASSIGN(const std::string folder,
                         FindRuntimeFolder(Runtime()));
    EXPECT_EQ(folder, lib);
    fs::remove(root_ / "x" / version.file);
  }
}

TEST_F(RuntimeLibrariesTest, EveryLayoutOfTheFolder) {
  for (const char* sub : {"lib", "lib64", "lib/x86_64-linux-gnu"}) {
    SCOPED_TRACE(sub);
    fs::remove_all(root_ / "x");
    const std::string lib = Write(fs::path("x") / sub / "libX.so", "");
    Write("x/build-version", "2.13.0\n");
    setenv(kVariable, Root("x").c_str(), 1);
    ASSERT_OK_AND_ASSIGN(const std::string folder,
                         FindRuntimeFolder(Runtime()));
    EXPECT_EQ(folder, lib);
  }
}

TEST_F(RuntimeLibrariesTest, TheVariableNamesAFolderWithoutThem) {
  Write("x/lib/libX0.so", "");  // Not all of them.
  setenv(kVariable, Root("x").c_str(), 1);
  EXPECT_THAT(FindRuntimeFolder(Runtime()),
              IsError(absl::StatusCode::kNotFound,
                      "the environment variable STRATA_TEST_RUNTIME is set, "
                      "but no lib/libX.so in " +
                          Root("x")));
  // What is asked for and wrong is an error, even where another would do.
  PluginRuntime built = Runtime();
  Write("built/lib/libX.so", "");
  built.folder = Root("built");
  EXPECT_THAT(FindRuntimeFolder(built),
              IsError(absl::StatusCode::kNotFound, "is set, but no lib"));
}

TEST_F(RuntimeLibrariesTest, TheVariableNamesAnotherVersion) {
  struct {
    const char* text;
    const char* found;
  } const rows[] = {{"1.13.1\n", "1.13.1"},
                    {"2.13.1+cpu", "2.13.1"},
                    {"2.1", "2.1"},
                    {"", "unknown"},
                    {"none", "unknown"}};
  Write("x/lib/libX.so", "");
  setenv(kVariable, Root("x").c_str(), 1);
  for (const auto& row : rows) {
    Write("x/build-version", row.text);
    EXPECT_THAT(
        FindRuntimeFolder(Runtime()),
        IsError(absl::StatusCode::kFailedPrecondition,
                Root("x") + " has version " + row.found + ", wanted 2.13.0"));
  }
}

TEST_F(RuntimeLibrariesTest, WhereTheyLayWhenThePluginWasBuilt) {
  PluginRuntime runtime = Runtime();
  const std::string lib = Write("built/lib/libX.so", "");
  Write("built/build-version", "2.13.0+cpu\n");
  runtime.folder = Root("built");
  setenv(kVariable, "", 1);  // Empty is as if it were not set.
  ASSERT_OK_AND_ASSIGN(const std::string found, FindRuntimeFolder(runtime));
  EXPECT_EQ(found, lib);
  // Another version was put there since.
  Write("built/build-version", "2.14.0\n");
  EXPECT_THAT(FindRuntimeFolder(runtime),
              IsError(absl::StatusCode::kNotFound, "has version 2.14.0"));
}

TEST_F(RuntimeLibrariesTest, NoPythonPackage) {
  const auto folder = FindRuntimeFolder(Runtime());
  EXPECT_THAT(folder,
              IsError(absl::StatusCode::kNotFound,
                      "libx 2.13.0 was not found: STRATA_TEST_RUNTIME is not "
                      "set; where it was built: no lib/libX.so in " +
                          Root("no_longer") + "; python3's package '" +
                          kPackage + "': not installed"));
  EXPECT_EQ(ErrorHint(folder.status()),
            "python3 -m pip install strata_test_runtime_package==2.13.0, or "
            "set STRATA_TEST_RUNTIME");
}

TEST_F(RuntimeLibrariesTest, ThePythonPackage) {
  ASSERT_EQ(std::system("python3 -c ''"), 0);  // tools/setup brings it.
  const fs::path package = fs::path("site") / kPackage;
  const std::string lib = Write(package / "lib/libX.so", "");
  // It is found, never imported.
  Write(package / "__init__.py", "raise SystemExit('imported')\n");
  Write(package / "version.py", "__version__ = '2.13.0+cpu'\n");
  setenv("PYTHONPATH", Root("site").c_str(), 1);
  ASSERT_OK_AND_ASSIGN(const std::string folder, FindRuntimeFolder(Runtime()));
  EXPECT_EQ(folder, lib);
  Write(package / "version.py", "__version__ = '2.12.0'\n");
  EXPECT_THAT(FindRuntimeFolder(Runtime()),
              IsError(absl::StatusCode::kNotFound, "has version 2.12.0"));
}

TEST_F(RuntimeLibrariesTest, Loading) {
  EXPECT_THAT(LoadRuntimeLibraries(PluginRuntime()), IsOk());
  EXPECT_THAT(LoadRuntimeLibraries(Runtime()),
              IsError(absl::StatusCode::kNotFound, "libx 2.13.0"));
  PluginRuntime runtime = Runtime();
  Write("built/lib/libX.so", "no library");
  Write("built/build-version", "2.13.0");
  runtime.folder = Root("built");
  runtime.libraries = {"libX.so"};
  EXPECT_THAT(LoadRuntimeLibraries(runtime),
              IsError(absl::StatusCode::kFailedPrecondition, "libX.so"));
}

}  // namespace
}  // namespace strata
