// Checks that one plugin keeps the rules of core/plugin.h:
//
//   plugin_conformance LIBRARY NAME
//
// Every plugin's BUILD macro runs it; third parties may run it on theirs.

#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <boost/dll/library_info.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/plugin_descriptor.h"
#include "core/plugin_host.h"
#include "core/summarizer.h"
#include "core/summary.pb.h"
#include "tests/odd_summary.h"
#include "tests/testing.h"

namespace strata {
namespace {

std::string
    library;  // The plugin under test, and the name that it should have.
std::string name;

// What is written to standard output while it lives is caught.
class CatchStandardOutput {
 public:
  CatchStandardOutput() : file_(WriteTempFile("stdout", "")) {
    std::fflush(stdout);
    saved_ = dup(STDOUT_FILENO);
    const int fd = open(file_.c_str(), O_WRONLY | O_TRUNC);
    dup2(fd, STDOUT_FILENO);
    close(fd);
  }
  std::string Text() {
    std::fflush(stdout);
    if (saved_ >= 0) {
      dup2(saved_, STDOUT_FILENO);
      close(saved_);
      saved_ = -1;
    }
    return ReadWholeFile(file_);
  }
  ~CatchStandardOutput() { Text(); }

 private:
  std::string file_;
  int saved_;
};

struct DynamicEntries {
  std::vector<std::string> needed;
  bool never_unloaded = false;
};

DynamicEntries ReadDynamicEntries() {
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

PluginDescriptor Descriptor() {
  absl::StatusOr<PluginDescriptor> descriptor = ReadPluginDescriptor(library);
  EXPECT_THAT(descriptor, IsOk());
  return descriptor.ok() ? *descriptor : PluginDescriptor();
}

PluginHost HostOfThisPlugin() {
  return PluginHost({std::filesystem::path(library).parent_path()});
}

TEST(Conformance, DescriptorIsReadWithoutLoading) {
  const PluginDescriptor descriptor = Descriptor();
  EXPECT_EQ(descriptor.name, name);
  EXPECT_THAT(CheckPluginMatches(descriptor), IsOk());
  EXPECT_FALSE(descriptor.description.empty());
  EXPECT_FALSE(absl::StrContains(descriptor.description, "\n"));
  EXPECT_FALSE(descriptor.version.empty());
  if (descriptor.kind == "source") {
    EXPECT_FALSE(descriptor.content.empty());
  }
}

TEST(Conformance, ExportsOneSymbol) {
  boost::dll::library_info info(library);
  std::vector<std::string> exported;
  for (const std::string& symbol : info.symbols()) {
    // What the linker itself adds to every library.
    if (symbol == "_init" || symbol == "_fini" || symbol == "__bss_start" ||
        symbol == "_edata" || symbol == "_end") {
      continue;
    }
    // AddressSanitizer's own marks of our variables.
    if (absl::StartsWith(symbol, "__odr_asan")) continue;
    exported.push_back(symbol);
  }
  EXPECT_THAT(exported,
              ::testing::ElementsAre(absl::StrCat("strata_plugin_", name)));
}

TEST(Conformance, IsNeverUnloadedAndSourcesAloneNeedLibTorch) {
  const DynamicEntries entries = ReadDynamicEntries();
  EXPECT_TRUE(entries.never_unloaded) << "link with -z nodelete";
  if (Descriptor().kind == "source") return;
  for (const std::string& needed : entries.needed) {
    EXPECT_FALSE(absl::StartsWith(needed, "libtorch")) << needed;
    EXPECT_FALSE(absl::StartsWith(needed, "libc10")) << needed;
  }
}

// A run with what a metric may not expect: names of any kind, an operator that
// nobody knows, an operator without arguments, a module that never runs.
absl::Status OddRun(ModuleVisitor& visitor) {
  CallModule(visitor, 0, 0, {Float({2, 3})}, {}, [&] {
    CallModule(visitor, 1, 0, {}, {Float({0, 3})}, [&] {
      visitor.VisitOp(FakeOp{"odd::operator", {}, {}, 0, 1, ""}.Call());
      visitor.VisitOp(FakeOp{"aten::convolution", {}, {}, 0, 1, ""}.Call());
      visitor.VisitOp(
          FakeOp{"aten::mm", {Float({}), Float({2})}, {Float({})}, 1, 1, ""}
              .Call());
      visitor.VisitOp(FakeOp{"aten::linear",
                             {Float({INT64_MAX, 2}), Float({3, INT64_MAX})},
                             {Float({INT64_MAX, 3})},
                             0,
                             1,
                             ""}
                          .Call());
    });
    CallModule(visitor, 1, 1, {}, {});
  });
  return absl::OkStatus();
}

// In place of a metric that the plugin uses.
class StandIn : public Metric {
 public:
  explicit StandIn(std::string name) : name_(std::move(name)) {}
  std::vector<MetricColumn> columns() const override {
    return {{name_, name_, "", Aggregation::kSum}};
  }
  MetricNeeds needs() const override { return MetricNeeds::kStructure; }
  absl::Status Collect(const ModuleTree& tree,
                       MetricResults& results) override {
    for (int i = 0; i < tree.size(); ++i) {
      results.SetSelf(0, i, i == 1 ? Count::Unknown() : Count(INT64_MAX / 2));
    }
    return absl::OkStatus();
  }

 private:
  const std::string name_;
};

TEST(Conformance, MetricKeepsTheInvariants) {
  if (Descriptor().kind != "metric") return;
  CatchStandardOutput caught;
  PluginHost host = HostOfThisPlugin();
  ModuleTree tree = TreeOf({"", "a", "a.<b>\"'", "c"});
  tree.modules[1].parameters = {{"w", Float({2, 3}, 1), true}};
  tree.modules[3].parameters = {{"w", Float({2, 3}, 1), true},
                                {"", Float({0}, 2), false}};
  FakeModel model(tree, OddRun);
  Summarizer summarizer(host);
  summarizer.Metrics({name}).Inputs({{{2, 3}, DType::kFloat32}});
  summarizer.Device("fake");
  for (const std::string& used : Descriptor().uses) {
    summarizer.AddMetric(used, std::make_unique<StandIn>(used));
  }
  ASSERT_OK_AND_ASSIGN(const std::vector<Column> columns, summarizer.Columns());
  ASSERT_FALSE(columns.empty());
  for (const Column& column : columns) {
    EXPECT_THAT(column.id(), ::testing::MatchesRegex("[a-z][a-z0-9_]*"));
    EXPECT_FALSE(column.title().empty());
  }
  ASSERT_OK_AND_ASSIGN(const Summary summary,
                       summarizer.Summarize(model, ModelInfo()));
  for (const std::string& warning : summary.warnings()) {
    EXPECT_THAT(warning, ::testing::Not(::testing::HasSubstr("failed")));
  }
  for (const Column& column : columns) {
    int64_t sum = 0;
    bool known = true;
    for (const Layer& layer : summary.layers()) {
      const auto value = layer.metrics().find(column.id());
      known &= value != layer.metrics().end() && value->second.has_self();
      if (known) sum += value->second.self();
    }
    if (!known) continue;
    EXPECT_EQ(sum, summary.layers(0).metrics().at(column.id()).total())
        << column.id();
  }
  EXPECT_EQ(caught.Text(), "");
}

TEST(Conformance, FormatterTakesAnything) {
  if (Descriptor().kind != "formatter") return;
  CatchStandardOutput caught;
  PluginHost host = HostOfThisPlugin();
  ASSERT_OK_AND_ASSIGN(auto formatter, host.MakeFormatter(name));
  Summary only_root;
  only_root.add_layers()->set_parent(-1);
  for (const Summary& summary : {OddSummary(), only_root}) {
    const std::string before = summary.SerializeAsString();
    for (int variant = 0; variant < 4096; ++variant) {
      FormatOptions options;
      options.depth = (variant & 1) != 0 ? 0 : 1000000;
      options.width = (variant & 2) != 0 ? 1 : 0;
      options.color = (variant & 4) != 0;
      options.unicode = (variant & 8) != 0;
      options.fold = (variant & 16) != 0;
      options.var_names = (variant & 32) != 0;
      options.depth_index = (variant & 64) != 0;
      options.hide_recursive = (variant & 128) != 0;
      options.parameter_rows = (variant & 256) != 0;
      if ((variant & 512) != 0) options.title = "<b>|`\x1b[31m\xff\n";
      if ((variant & 1024) != 0) options.match = "T|(<script>)";
      if ((variant & 2048) != 0) options.expand = {summary.layers(0).path()};
      StringSink sink;
      EXPECT_THAT(formatter->Format(summary, options, sink), IsOk());
      EXPECT_FALSE(sink.text().empty());
    }
    EXPECT_EQ(summary.SerializeAsString(), before);
  }
  EXPECT_EQ(caught.Text(), "");
}

// Whatever a damaged saved summary says of parents, depths, ids and figures.
TEST(Conformance, FormatterTakesWhatIsDamaged) {
  if (Descriptor().kind != "formatter") return;
  CatchStandardOutput caught;
  PluginHost host = HostOfThisPlugin();
  ASSERT_OK_AND_ASSIGN(auto formatter, host.MakeFormatter(name));
  const std::string whole = OddSummaryInUtf8().SerializeAsString();
  FormatOptions options;
  options.depth = 1000000;
  options.fold = options.depth_index = options.hide_recursive = true;
  int taken = 0;
  for (size_t i = 0; i < whole.size(); ++i) {
    for (const int by : {1, 2, 0x7f}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ by);
      Summary read;
      if (!read.ParseFromString(damaged)) continue;
      StringSink sink;
      taken += formatter->Format(read, options, sink).ok();
    }
  }
  EXPECT_GT(taken, 100);
  EXPECT_EQ(caught.Text(), "");
}

TEST(Conformance, SourceNamesTheFileThatItCannotOpen) {
  if (Descriptor().kind != "source") return;
  CatchStandardOutput caught;
  PluginHost host = HostOfThisPlugin();
  ASSERT_OK_AND_ASSIGN(auto source, host.MakeSource(name));
  for (const char* content : {"", "PK\x03\x04", "garbage"}) {
    const std::string file = WriteTempFile("bad_model", content);
    const auto opened = source->Open(file, {});
    EXPECT_FALSE(opened.ok());
    EXPECT_THAT(std::string(opened.status().message()),
                ::testing::HasSubstr(file));
  }
  EXPECT_FALSE(source->Open("/no/such/file", {}).ok());
  EXPECT_EQ(caught.Text(), "");
}

}  // namespace
}  // namespace strata

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 3) {
    std::fprintf(stderr, "usage: plugin_conformance LIBRARY NAME\n");
    return 2;
  }
  strata::library = std::filesystem::absolute(argv[1]);
  strata::name = argv[2];
  return RUN_ALL_TESTS();
}
