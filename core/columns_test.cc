#include "core/columns.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/error.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

void AddShape(const std::vector<int64_t>& shape, class Tensor* tensor) {
  tensor->mutable_shape()->Add(shape.begin(), shape.end());
}

void AddColumn(const char* id, const char* title, const char* unit,
               Summary& summary) {
  Column* column = summary.add_columns();
  column->set_id(id);
  column->set_title(title);
  column->set_unit(unit);
}

// A convolution of two inputs, in a model of 2,000 parameters, called twice.
Summary Example() {
  Summary summary;
  summary.mutable_run()->set_device("shape");
  AddColumn("params", "Params", "", summary);
  AddColumn("macs", "MACs", "", summary);
  AddColumn("time", "Time", "us", summary);
  (*summary.mutable_totals())["params"] = 2000;
  Layer* layer = summary.add_layers();
  Call* call = layer->add_calls();
  AddShape({1, 3, 8, 8}, call->add_inputs());
  AddShape({}, call->add_inputs());
  AddShape({1, 4, 6, 6}, call->add_outputs());
  AddShape({9}, layer->add_calls()->add_outputs());
  Parameter* weight = layer->add_parameters();
  weight->set_dtype("float32");
  weight->set_trainable(true);
  (*layer->mutable_attributes())["kernel_size"] = "[3, 3]";
  (*layer->mutable_attributes())["groups"] = "1";
  (*layer->mutable_metrics())["params"].set_self(7);
  (*layer->mutable_metrics())["params"].set_total(1500);
  (*layer->mutable_metrics())["macs"].set_self(1234567);
  return summary;
}

std::string Cell(const Summary& summary, const std::string& name) {
  const auto columns = ResolveColumns(summary, {name});
  EXPECT_THAT(columns, IsOk());
  return columns.ok() ? CellText(columns->at(0), summary, summary.layers(0))
                      : "";
}

TEST(ColumnsTest, Cells) {
  struct {
    const char* name;
    const char* cell;
  } const rows[] = {
      {"input_size", "[1, 3, 8, 8], []"},
      {"output_size", "[1, 4, 6, 6]"},  // Of the first call.
      {"params", "1,500"},              // The total, not the module's own.
      {"num_params", "1,500"},
      {"params_percent", "75.00%"},
      {"kernel_size", "[3, 3]"},
      {"groups", "1"},
      {"stride", ""},  // Does not apply.
      {"trainable", "yes"},
      {"dtype", "float32"},
      {"macs", "?"},  // Its own part is known, but not the total.
      {"mult_adds", "?"},
      {"time", "?"},
  };
  const Summary summary = Example();
  for (const auto& row : rows) {
    EXPECT_EQ(Cell(summary, row.name), row.cell) << row.name;
  }
}

TEST(ColumnsTest, CellsOfALayerWithoutAnything) {
  Summary summary = Example();
  *summary.mutable_layers(0) = Layer();
  for (const char* name : {"input_size", "output_size", "params_percent",
                           "kernel_size", "groups", "trainable", "dtype"}) {
    EXPECT_EQ(Cell(summary, name), "") << name;
  }
  EXPECT_EQ(Cell(summary, "params"), "?");
}

TEST(ColumnsTest, ZeroIsAValue) {
  Summary summary = Example();
  (*summary.mutable_layers(0)->mutable_metrics())["params"].set_total(0);
  EXPECT_EQ(Cell(summary, "params"), "0");
  EXPECT_EQ(Cell(summary, "params_percent"), "0.00%");
  (*summary.mutable_totals())["params"] = 0;
  EXPECT_EQ(Cell(summary, "params_percent"), "");
}

TEST(ColumnsTest, TrainableAndDtypeOfSeveralParameters) {
  Summary summary = Example();
  Layer* layer = summary.mutable_layers(0);
  Parameter* frozen = layer->add_parameters();
  frozen->set_dtype("float16");
  *layer->add_parameters() = *frozen;
  EXPECT_EQ(Cell(summary, "trainable"), "partly");
  EXPECT_EQ(Cell(summary, "dtype"), "float32, float16");
  layer->mutable_parameters()->DeleteSubrange(0, 1);
  EXPECT_EQ(Cell(summary, "trainable"), "no");
  EXPECT_EQ(Cell(summary, "dtype"), "float16");
}

std::vector<std::string> Ids(const std::vector<TextColumn>& columns) {
  std::vector<std::string> ids;
  for (const TextColumn& column : columns) ids.push_back(column.id);
  return ids;
}

TEST(ColumnsTest, ChosenForTheMetrics) {
  Summary summary = Example();
  ASSERT_OK_AND_ASSIGN(auto columns, ResolveColumns(summary, {}));
  EXPECT_THAT(Ids(columns),
              ElementsAre("output_size", "params", "macs", "time"));
  EXPECT_EQ(columns[0].title, "Output shape");
  EXPECT_FALSE(columns[0].is_number);
  EXPECT_FALSE(columns[0].is_metric);
  EXPECT_EQ(columns[1].title, "Params");
  EXPECT_TRUE(columns[1].is_number);
  EXPECT_TRUE(columns[1].is_metric);
  EXPECT_EQ(columns[3].title, "Time (us)");
  summary.clear_run();
  ASSERT_OK_AND_ASSIGN(columns, ResolveColumns(summary, {}));
  EXPECT_THAT(Ids(columns), ElementsAre("params", "macs", "time"));
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
