#include "core/library_checks.h"

#include <string>

#include "core/summary.pb.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(LibraryChecksTest, WhatThePluginNeeds) {
  ASSERT_OK_AND_ASSIGN(
      const LibraryFacts facts,
      ReadLibraryFacts(DataPath("plugins/metrics/params/params.so")));
  EXPECT_THAT(facts.needed, Contains("libstrata.so"));
  EXPECT_THAT(facts.proto_files, IsEmpty());
  EXPECT_THAT(CheckLibrary(DataPath("plugins/metrics/params/params.so")),
              IsOk());
}

// The kernel is the one library that has this file, and it is loaded.
TEST(LibraryChecksTest, GeneratedProtobufCodeIsSeen) {
  const std::string kernel = DataPath("core/libstrata.so");
  ASSERT_OK_AND_ASSIGN(const LibraryFacts facts, ReadLibraryFacts(kernel));
  EXPECT_THAT(facts.proto_files, ElementsAre("core/summary.proto"));
  ASSERT_NE(Summary::descriptor(), nullptr);
  EXPECT_THAT(CheckLibrary(kernel),
              IsError(absl::StatusCode::kFailedPrecondition,
                      "generated code of the Protobuf file "
                      "'core/summary.proto', which this process already has"));
}

TEST(LibraryChecksTest, WhatIsNoLibrary) {
  EXPECT_FALSE(ReadLibraryFacts("/no/such/file").ok());
  ASSERT_OK_AND_ASSIGN(const LibraryFacts facts,
                       ReadLibraryFacts(WriteTempFile("text", "#!/bin/sh\n")));
  EXPECT_THAT(facts.needed, IsEmpty());
}

}  // namespace
}  // namespace strata
