// Changed programs and archives, for as long as there is time: none may crash,
// hang, or be told in a way that the visitor does not allow.
//
// STRATA_FUZZ_SECONDS says how long, STRATA_FUZZ_FIRST with which input to
// begin: each is made of its number alone, so that one can be had again.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "plugins/sources/exported_program/archive.h"
#include "plugins/sources/exported_program/exported_model.h"
#include "plugins/sources/exported_program/exported_program.h"
#include "plugins/sources/exported_program/json_reader.h"
#include "plugins/sources/exported_program/program_reader.h"

namespace strata::exported_program {
namespace {

constexpr char kCorpus[] = "tests/models/exported";

int64_t FromEnvironment(const char* name, int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

// Holds the visitor's promises against what it is told.
class Checker : public ModuleVisitor {
 public:
  void BeginRun(const ModuleTree& tree, const RunInfo& /*run*/) override {
    modules_ = tree.size();
    ASSERT_GT(modules_, 0);
    for (int i = 0; i < modules_; ++i) ASSERT_LT(tree.modules[i].parent, i);
  }
  void EnterModule(const ModuleCall& call) override {
    ASSERT_GE(call.module, 0);
    ASSERT_LT(call.module, modules_);
    open_.push_back(call.module);
  }
  void LeaveModule(const ModuleCall& call) override {
    ASSERT_FALSE(open_.empty());
    ASSERT_EQ(open_.back(), call.module);
    open_.pop_back();
  }
  void VisitOp(const OpCall& op) override {
    ASSERT_GE(op.module, 0);
    ASSERT_LT(op.module, modules_);
    for (const TensorSpec& output : op.outputs) {
      for (int64_t size : output.shape) ASSERT_GE(size, 0);
    }
  }
  void EndRun() override { ASSERT_TRUE(open_.empty()); }

 private:
  int modules_ = 0;
  std::vector<int> open_;
};

void RunIt(Model& model) {
  Checker checker;
  RunOptions options;
  model.Run(options, checker).IgnoreError();

  for (const strata::Dimension& open : model.dimensions()) {
    options.dimensions.emplace_back(open.name, open.min < 3 ? 3 : open.min);
  }
  if (options.dimensions.empty()) return;
  Checker again;
  model.Run(options, again).IgnoreError();
}

class Mutator {
 public:
  Mutator(uint64_t number, const std::vector<std::string>& corpus)
      : random_(number), corpus_(corpus) {}

  std::string Make() {
    std::string text = corpus_[Below(corpus_.size())];
    const int changes = 1 + static_cast<int>(Below(4));
    for (int i = 0; i < changes && !text.empty(); ++i) Change(text);
    return text;
  }

 private:
  uint64_t Below(uint64_t bound) { return bound == 0 ? 0 : random_() % bound; }

  // The text between two quotes, near a random place.
  std::pair<size_t, size_t> Quoted(const std::string& text) {
    const size_t begin = text.find('"', Below(text.size()));
    if (begin == text.npos) return {0, 0};
    const size_t end = text.find('"', begin + 1);
    return end == text.npos ? std::pair<size_t, size_t>{0, 0}
                            : std::pair<size_t, size_t>{begin + 1, end};
  }

  void Change(std::string& text) {
    static constexpr const char* kValues[] = {
        "0",
        "-1",
        "9223372036854775807",
        "1e400",
        "NaN",
        "null",
        "true",
        "\"\"",
        "[]",
        "{}",
        "1.5",
        "99999999999999999999999",
        "{\"as_int\": 0}",
        "{\"as_none\": true}",
        "{\"as_tensor\": {\"name\": \"x\"}}",
        "\"Infinity\"",
        "[[[[[[[[[[[[[[[[",
        "\"torch.ops.higher_order.cond\""};
    const size_t place = Below(text.size());
    switch (Below(8)) {
      case 0:
        text[place] = static_cast<char>(Below(256));
        break;
      case 1:
        text.erase(place, 1 + Below(40));
        break;
      case 2:
        text.insert(place, text.substr(Below(text.size()), 1 + Below(400)));
        break;
      case 3: {  // Another number.
        const size_t digit = text.find_first_of("0123456789", place);
        if (digit == text.npos) break;
        const size_t end = text.find_first_not_of("0123456789", digit);
        text.replace(digit, end - digit, kValues[Below(std::size(kValues))]);
        break;
      }
      case 4: {  // One name for another.
        const auto [from, to] = Quoted(text);
        const auto [begin, end] = Quoted(text);
        const std::string name = text.substr(from, to - from);
        if (to > from && end > begin) text.replace(begin, end - begin, name);
        break;
      }
      case 5:
        text.resize(place);
        break;
      case 6: {  // Another value after a colon.
        const size_t colon = text.find(": ", place);
        if (colon == text.npos) break;
        text.insert(colon + 2, kValues[Below(std::size(kValues))]);
        break;
      }
      default: {  // A part of another file.
        const std::string& other = corpus_[Below(corpus_.size())];
        text.insert(place, other.substr(Below(other.size()), 1 + Below(2000)));
        break;
      }
    }
  }

  std::mt19937_64 random_;
  const std::vector<std::string>& corpus_;
};

void TryProgram(const std::string& json) {
  const std::string padded = json + std::string(JsonReader::kPadding, ' ');
  auto program = std::make_unique<Program>();
  const absl::Status read = ReadProgramJson(
      absl::string_view(padded).substr(0, json.size()), *program);
  if (!read.ok()) {
    EXPECT_FALSE(read.message().empty());
    return;
  }
  ExportedModel model(std::move(program));
  RunIt(model);
}

void TryArchive(const std::string& bytes, const std::string& file) {
  std::ofstream(file, std::ios::binary) << bytes;
  ExportedProgramSource source;
  absl::StatusOr<std::unique_ptr<Model>> model = source.Open(file, {});
  if (model.ok()) RunIt(**model);
}

TEST(FuzzTest, NothingThatIsReadDoesHarm) {
  std::vector<std::string> programs;
  std::vector<std::string> archives;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus)) {
    if (entry.path().extension() == ".pt2") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    archives.emplace_back(std::istreambuf_iterator<char>(stream),
                          std::istreambuf_iterator<char>());
    absl::StatusOr<std::unique_ptr<Archive>> archive =
        Archive::Open(file.string());
    if (!archive.ok()) continue;
    for (const Archive::Program& program : (*archive)->programs()) {
      absl::StatusOr<absl::string_view> json = (*archive)->Read(program.json);
      ASSERT_TRUE(json.ok());
      programs.emplace_back(*json);
      ASSERT_NO_FATAL_FAILURE(TryProgram(programs.back()));
    }
  }
  ASSERT_GT(programs.size(), 20);

  const absl::Time end =
      absl::Now() + absl::Seconds(FromEnvironment("STRATA_FUZZ_SECONDS", 60));
  const std::string file = absl::StrCat(testing::TempDir(), "/fuzzed.pt2");
  const int64_t first = FromEnvironment("STRATA_FUZZ_FIRST", 0);
  int64_t number = first;
  for (; absl::Now() < end; ++number) {
    if (number % 256 == 0) {
      std::printf("input %lld\n", static_cast<long long>(number));
      std::fflush(stdout);
    }
    const absl::Time began = absl::Now();
    if (number % 8 == 7) {
      TryArchive(Mutator(number, archives).Make(), file);
    } else {
      TryProgram(Mutator(number, programs).Make());
    }
    ASSERT_FALSE(testing::Test::HasFailure()) << "input " << number;
    ASSERT_LT(absl::Now() - began, absl::Seconds(10)) << "input " << number;
  }
  std::printf("%lld inputs\n", static_cast<long long>(number - first));
}

}  // namespace
}  // namespace strata::exported_program
