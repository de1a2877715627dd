// The column of bars: where it stands (columns.h) and what is in it
// (cell_texts.h).

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_join.h"
#include "core/cell_texts.h"
#include "core/columns.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

Summary WithColumns(const std::vector<std::string>& ids) {
  Summary summary;
  for (const std::string& id : ids) {
    Column& column = *summary.add_columns();
    column.set_id(id);
    column.set_title(id);
  }
  return summary;
}

TEST(HeatTest, StandsBehindItsColumn) {
  const Summary summary = WithColumns({"params", "macs"});
  for (const auto& [heat, names, ids] : std::vector<
           std::tuple<std::string, std::vector<std::string>, std::string>>{
           {"macs", {"macs", "params"}, "macs macs* params"},
           {"mult_adds", {"macs", "params"}, "macs macs* params"},
           {"num_params", {"output_size"}, "output_size params*"},
           {"", {"macs"}, "macs"},
       }) {
    ASSERT_OK_AND_ASSIGN(const auto columns,
                         ResolveColumns(summary, names, heat));
    std::vector<std::string> found;
    for (const TextColumn& column : columns) {
      found.push_back(column.id + (column.is_heat ? "*" : ""));
    }
    EXPECT_EQ(absl::StrJoin(found, " "), ids);
  }
  EXPECT_THAT(ResolveColumns(summary, {}, "mcas"),
              IsError(absl::StatusCode::kInvalidArgument, "no column 'mcas'"));
  EXPECT_THAT(ResolveColumns(summary, {}, "kernel_size"),
              IsError(absl::StatusCode::kInvalidArgument,
                      "only a metric's column has parts of a total"));
}

TEST(HeatTest, ABarIsAPartOfTheTotal) {
  Summary summary = WithColumns({"time"});
  summary.add_layers();
  ASSERT_OK_AND_ASSIGN(const auto columns,
                       ResolveColumns(summary, {"time"}, "time"));
  const auto bar = [&](bool unicode) {
    return CellTexts(summary, unicode).OfLayer(columns[1], 0);
  };
  EXPECT_EQ(bar(true), "?");
  (*summary.mutable_totals())["time"] = 800;
  EXPECT_EQ(bar(true), "?");
  MetricValue& time = (*summary.mutable_layers(0)->mutable_metrics())["time"];
  struct Case {
    int64_t value;
    std::string unicode, ascii;
  };
  // A cell is a tenth: 80, and an eighth of it 10.
  for (const Case& c : {
           Case{0, "  0%", "  0%"},
           Case{3, "  0%", "  0%"},
           Case{10, "  1% ▏", "  1%"},
           Case{40, "  5% ▌", "  5% #"},
           Case{80, " 10% █", " 10% #"},
           Case{250, " 31% ███▏", " 31% ###"},
           Case{800, "100% ██████████", "100% ##########"},
           // What cannot be is drawn as what can.
           Case{900, "100% ██████████", "100% ##########"},
       }) {
    time.set_total(c.value);
    EXPECT_EQ(bar(true), c.unicode) << c.value;
    EXPECT_EQ(bar(false), c.ascii) << c.value;
  }
  time.set_total(-1);  // No count at all.
  EXPECT_EQ(bar(true), "?");
  time.set_total(0);
  (*summary.mutable_totals())["time"] = 0;
  EXPECT_EQ(bar(true), "");  // Nothing has no parts.
  EXPECT_EQ(CellTexts(summary, true).OfParameter(columns[1], Parameter()), "");
}

}  // namespace
}  // namespace strata
