// Of plugin_conformance: the rules of formatters.

#include <string>

#include "core/formatter.h"
#include "core/summary.pb.h"
#include "tests/conformance_tools.h"
#include "tests/odd_summary.h"
#include "tests/plugin_under_test.h"
#include "tests/testing.h"

namespace strata {
namespace {

TEST(Conformance, FormatterTakesAnything) {
  if (DescriptorOfThisPlugin().kind != "formatter") return;
  CatchStandardOutput caught;
  PluginHost host = HostOfThisPlugin();
  ASSERT_OK_AND_ASSIGN(auto formatter, host.MakeFormatter(TestedPlugin().name));
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
  if (DescriptorOfThisPlugin().kind != "formatter") return;
  CatchStandardOutput caught;
  PluginHost host = HostOfThisPlugin();
  ASSERT_OK_AND_ASSIGN(auto formatter, host.MakeFormatter(TestedPlugin().name));
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

}  // namespace
}  // namespace strata
