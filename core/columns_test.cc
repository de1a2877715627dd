#include "core/columns.h"

#include <string>
#include <vector>

#include "core/error.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

void AddColumn(const char* id, const char* title, const char* unit,
               Summary& summary) {
  Column* column = summary.add_columns();
  column->set_id(id);
  column->set_title(title);
  column->set_unit(unit);
}

// What a run with four metric columns has.
Summary Example() {
  Summary summary;
  summary.mutable_run()->set_device("shape");
  AddColumn("params", "Params", "", summary);
  AddColumn("macs", "MACs", "", summary);
  AddColumn("time", "Time", "us", summary);
  AddColumn("kept_bytes", "Kept", "bytes", summary);
  return summary;
}

std::vector<std::string> Ids(const std::vector<TextColumn>& columns) {
  std::vector<std::string> ids;
  for (const TextColumn& column : columns) ids.push_back(column.id);
  return ids;
}

TEST(ColumnsTest, ChosenForTheMetrics) {
  Summary summary = Example();
  ASSERT_OK_AND_ASSIGN(auto columns, ResolveColumns(summary, {}));
  EXPECT_THAT(Ids(columns), ElementsAre("output_size", "params", "macs", "time",
                                        "kept_bytes"));
  EXPECT_EQ(columns[0].title, "Output shape");
  EXPECT_FALSE(columns[0].is_number);
  EXPECT_FALSE(columns[0].is_metric);
  EXPECT_EQ(columns[1].title, "Params");
  EXPECT_TRUE(columns[1].is_number);
  EXPECT_TRUE(columns[1].is_metric);
  EXPECT_FALSE(columns[1].is_bytes);
  EXPECT_EQ(columns[3].title, "Time (us)");
  EXPECT_EQ(columns[4].title, "Kept");  // Its cells have units.
  EXPECT_TRUE(columns[4].is_bytes);
  summary.clear_run();
  ASSERT_OK_AND_ASSIGN(columns, ResolveColumns(summary, {}));
  EXPECT_THAT(Ids(columns),
              ElementsAre("params", "macs", "time", "kept_bytes"));
}

TEST(ColumnsTest, OnRequestOnly) {
  Summary summary = Example();
  summary.mutable_columns(1)->set_on_request(true);
  summary.mutable_columns(3)->set_on_request(true);
  ASSERT_OK_AND_ASSIGN(auto columns, ResolveColumns(summary, {}));
  EXPECT_THAT(Ids(columns), ElementsAre("output_size", "params", "time"));
  ASSERT_OK_AND_ASSIGN(columns,
                       ResolveColumns(summary, {"kept_bytes", "mult_adds"}));
  EXPECT_THAT(Ids(columns), ElementsAre("kept_bytes", "macs"));
}

TEST(ColumnsTest, InTheOrderOfTheNames) {
  ASSERT_OK_AND_ASSIGN(
      const auto columns,
      ResolveColumns(Example(), {"mult_adds", "kernel_size", "num_params"}));
  EXPECT_THAT(Ids(columns), ElementsAre("macs", "kernel_size", "params"));
}

TEST(ColumnsTest, NoSuchColumn) {
  const auto columns = ResolveColumns(Example(), {"params", "outputsize"});
  EXPECT_THAT(columns, IsError(absl::StatusCode::kInvalidArgument,
                               "no column 'outputsize'"));
  EXPECT_THAT(ErrorHint(columns.status()),
              testing::HasSubstr("did you mean 'output_size'?"));
  // An alias of a metric that did not run.
  EXPECT_THAT(
      ResolveColumns(Summary(), {"num_params"}),
      IsError(absl::StatusCode::kInvalidArgument, "no column 'num_params'"));
}

TEST(ColumnsTest, AColumnWithoutATitleHasItsId) {
  Summary summary;
  summary.add_columns()->set_id("time");
  ASSERT_OK_AND_ASSIGN(const auto columns, ResolveColumns(summary, {}));
  EXPECT_EQ(columns[0].title, "time");
}

TEST(ColumnsTest, EveryNameIsAColumn) {
  const Summary summary = Example();
  const std::vector<std::string> names =
      ColumnNames({summary.columns().begin(), summary.columns().end()});
  for (const char* torchinfo :
       {"input_size", "output_size", "num_params", "params_percent",
        "kernel_size", "groups", "mult_adds", "trainable"}) {
    EXPECT_THAT(names, Contains(torchinfo));
  }
  EXPECT_THAT(names, Contains("time"));
  EXPECT_THAT(ResolveColumns(summary, names), IsOk());
  EXPECT_THAT(ColumnNames({}), Not(Contains("num_params")));
}

}  // namespace
}  // namespace strata
