#include "core/cell_texts.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing.h"

namespace strata {
namespace {

using Shapes = std::vector<std::vector<int64_t>>;

void AddColumn(const char* id, const char* unit, Summary& summary) {
  Column* column = summary.add_columns();
  column->set_id(id);
  column->set_title(id);
  column->set_unit(unit);
}

void AddCall(Layer& layer, const Shapes& inputs, const Shapes& outputs) {
  Call* call = layer.add_calls();
  for (const auto& shape : inputs) {
    call->add_inputs()->mutable_shape()->Add(shape.begin(), shape.end());
  }
  for (const auto& shape : outputs) {
    call->add_outputs()->mutable_shape()->Add(shape.begin(), shape.end());
  }
}

Parameter& AddParameter(Layer& layer, const std::string& dtype, bool trainable,
                        const std::vector<int64_t>& shape = {}) {
  Parameter& parameter = *layer.add_parameters();
  parameter.set_dtype(dtype);
  parameter.set_trainable(trainable);
  parameter.mutable_shape()->Add(shape.begin(), shape.end());
  return parameter;
}

// A convolution of two inputs, in a model of 2,000 parameters, called once.
Summary Example() {
  Summary summary;
  AddColumn("params", "", summary);
  AddColumn("macs", "", summary);
  AddColumn("time", "us", summary);
  AddColumn("kept_bytes", "bytes", summary);
  (*summary.mutable_totals())["params"] = 2000;
  Layer* layer = summary.add_layers();
  layer->set_parent(-1);
  AddCall(*layer, {{1, 3, 8, 8}, {}}, {{1, 4, 6, 6}});
  AddParameter(*layer, "float32", true);
  (*layer->mutable_attributes())["kernel_size"] = "[3, 3]";
  (*layer->mutable_attributes())["groups"] = "1";
  (*layer->mutable_metrics())["params"].set_self(7);
  (*layer->mutable_metrics())["params"].set_total(1500);
  (*layer->mutable_metrics())["macs"].set_self(1234567);
  (*layer->mutable_metrics())["kept_bytes"].set_total(12845056);
  return summary;
}

TextColumn ColumnOf(const Summary& summary, const std::string& name) {
  const auto columns = ResolveColumns(summary, {name});
  EXPECT_THAT(columns, IsOk());
  return columns.ok() ? columns->at(0) : TextColumn();
}

std::string Cell(const Summary& summary, const std::string& name, int layer = 0,
                 bool unicode = true) {
  return CellTexts(summary, unicode).OfLayer(ColumnOf(summary, name), layer);
}

TEST(CellTextsTest, OfALayer) {
  struct {
    const char* name;
    const char* cell;
  } const rows[] = {
      {"input_size", "[1, 3, 8, 8], []"},
      {"output_size", "[1, 4, 6, 6]"},
      {"params", "1,500"},  // The total, not the module's own.
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
      {"kept_bytes", "12.85 MB"},  // 12,845,056 bytes
  };
  const Summary summary = Example();
  for (const auto& row : rows) {
    EXPECT_EQ(Cell(summary, row.name), row.cell) << row.name;
  }
}

TEST(CellTextsTest, OfALayerWithoutAnything) {
  Summary summary = Example();
  *summary.mutable_layers(0) = Layer();
  for (const char* name : {"input_size", "output_size", "kernel_size", "groups",
                           "trainable", "dtype"}) {
    EXPECT_EQ(Cell(summary, name), "") << name;
  }
  for (const char* name : {"params", "params_percent", "kept_bytes"}) {
    EXPECT_EQ(Cell(summary, name), "?") << name;
  }
}

TEST(CellTextsTest, ZeroIsAValue) {
  Summary summary = Example();
  auto& metrics = *summary.mutable_layers(0)->mutable_metrics();
  metrics["params"].set_total(0);
  metrics["kept_bytes"].set_total(0);
  EXPECT_EQ(Cell(summary, "params"), "0");
  EXPECT_EQ(Cell(summary, "params_percent"), "0.00%");
  EXPECT_EQ(Cell(summary, "kept_bytes"), "0 B");
}

TEST(CellTextsTest, PercentNeedsBothFigures) {
  Summary summary = Example();
  (*summary.mutable_totals())["params"] = 0;
  EXPECT_EQ(Cell(summary, "params_percent"), "");  // Nothing to be a part of.
  summary.mutable_totals()->erase("params");
  EXPECT_EQ(Cell(summary, "params_percent"), "?");
  summary = Example();
  (*summary.mutable_layers(0)->mutable_metrics())["params"].clear_total();
  EXPECT_EQ(Cell(summary, "params_percent"), "?");
}

TEST(CellTextsTest, CallsThatDiffer) {
  struct {
    std::vector<Shapes> calls;
    const char* cell;
    const char* ascii;
  } const rows[] = {
      {{}, "", ""},
      {{{}}, "", ""},
      {{{}, {}}, "", ""},
      {{{{2, 8}}, {{2, 8}}}, "[2, 8]", "[2, 8]"},
      {{{{2, 8}}, {{2, 8}}, {{1, 8}}},
       "[2, 8] ×2; [1, 8]",
       "[2, 8] x2; [1, 8]"},
      // In the order of first appearance.
      {{{{1, 8}}, {{2, 8}}, {{1, 8}}, {{2, 8}}, {{3, 8}}},
       "[1, 8] ×2; [2, 8] ×2; [3, 8]",
       "[1, 8] x2; [2, 8] x2; [3, 8]"},
      // A call may give nothing, or several tensors.
      {{{}, {{2}, {}}, {}}, "none ×2; [2], []", "none x2; [2], []"},
      {{{{1}}, {{2}}, {{3}}, {{4}}},
       "[1]; [2]; [3]; [4]",
       "[1]; [2]; [3]; [4]"},
      {{{{1}}, {{2}}, {{3}}, {{4}}, {{5}}, {{6}}, {{6}}, {{1}}},
       "[1] ×2; [2]; [3]; [4]; … +2 more",
       "[1] x2; [2]; [3]; [4]; ... +2 more"},
  };
  for (const auto& row : rows) {
    Summary summary = Example();
    summary.mutable_layers(0)->clear_calls();
    for (const Shapes& call : row.calls) {
      AddCall(*summary.mutable_layers(0), call, call);
    }
    for (const char* name : {"input_size", "output_size"}) {
      EXPECT_EQ(Cell(summary, name), row.cell);
      EXPECT_EQ(Cell(summary, name, 0, /*unicode=*/false), row.ascii);
    }
  }
}

TEST(CellTextsTest, InputsAndOutputsAreLookedAtApart) {
  Summary summary = Example();
  Layer& layer = *summary.mutable_layers(0);
  layer.clear_calls();
  AddCall(layer, {{2, 8}}, {{2, 4}});
  AddCall(layer, {{3, 8}}, {{2, 4}});
  EXPECT_EQ(Cell(summary, "input_size"), "[2, 8]; [3, 8]");
  EXPECT_EQ(Cell(summary, "output_size"), "[2, 4]");
}

TEST(CellTextsTest, DtypeOfSeveralParameters) {
  Summary summary = Example();
  Layer& layer = *summary.mutable_layers(0);
  AddParameter(layer, "float16", false);
  AddParameter(layer, "float16", false);
  EXPECT_EQ(Cell(summary, "dtype"), "float32, float16");
  layer.mutable_parameters()->DeleteSubrange(0, 1);
  EXPECT_EQ(Cell(summary, "dtype"), "float16");
}

TEST(CellTextsTest, TrainableIsOfTheSubtree) {
  // root > (head, body > (first, second))
  Summary summary = Example();
  for (int parent : {0, 0, 2, 2}) summary.add_layers()->set_parent(parent);
  summary.mutable_layers(0)->clear_parameters();
  AddParameter(*summary.mutable_layers(3), "float32", false);
  const auto cells = [&] {
    std::vector<std::string> texts;
    for (int i = 0; i < summary.layers_size(); ++i) {
      texts.push_back(Cell(summary, "trainable", i));
    }
    return texts;
  };
  using Cells = std::vector<std::string>;
  EXPECT_EQ(cells(), (Cells{"no", "", "no", "no", ""}));
  AddParameter(*summary.mutable_layers(1), "float32", true);
  EXPECT_EQ(cells(), (Cells{"partly", "yes", "no", "no", ""}));
  AddParameter(*summary.mutable_layers(4), "float32", true);
  EXPECT_EQ(cells(), (Cells{"partly", "yes", "partly", "no", "yes"}));
  AddParameter(*summary.mutable_layers(4), "float32", false);
  EXPECT_EQ(cells(), (Cells{"partly", "yes", "partly", "no", "partly"}));
}

TEST(CellTextsTest, DtypeIsOfTheSubtree) {
  // root > (head, body > first)
  Summary summary = Example();
  for (int parent : {0, 0, 2}) summary.add_layers()->set_parent(parent);
  AddParameter(*summary.mutable_layers(3), "float16", true);
  AddParameter(*summary.mutable_layers(2), "int8", false);
  EXPECT_EQ(Cell(summary, "dtype", 0), "float32, int8, float16");
  EXPECT_EQ(Cell(summary, "dtype", 1), "");
  EXPECT_EQ(Cell(summary, "dtype", 2), "int8, float16");
  EXPECT_EQ(Cell(summary, "dtype", 3), "float16");
  for (int i = 0; i < 100; ++i) {  // More than there are.
    AddParameter(*summary.mutable_layers(3), absl::StrCat("type", i), true);
  }
  EXPECT_THAT(Cell(summary, "dtype", 3),
              testing::EndsWith(", type58, type59, others"));
  EXPECT_EQ(Cell(summary, "dtype", 0),
            absl::StrCat("float32, int8, ", Cell(summary, "dtype", 3)));
}

TEST(CellTextsTest, ParentsThatCannotBeAreTheRoot) {
  Summary summary = Example();
  summary.mutable_layers(0)->clear_parameters();
  for (int parent : {7, -5, 3}) {
    Layer& layer = *summary.add_layers();
    layer.set_parent(parent);
    AddParameter(layer, "float32", true);
  }
  EXPECT_EQ(Cell(summary, "trainable"), "yes");
}

TEST(CellTextsTest, OfAParameter) {
  Summary summary = Example();
  Parameter& weight =
      AddParameter(*summary.mutable_layers(0), "float16", false, {5, 2, 3});
  const auto cell = [&](const std::string& name) {
    return CellTexts(summary, true)
        .OfParameter(ColumnOf(summary, name), weight);
  };
  EXPECT_EQ(cell("num_params"), "30");         // 5 * 2 * 3
  EXPECT_EQ(cell("params_percent"), "1.50%");  // 30 of 2,000
  EXPECT_EQ(cell("trainable"), "no");
  EXPECT_EQ(cell("dtype"), "float16");
  for (const char* name : {"input_size", "output_size", "kernel_size", "groups",
                           "macs", "time", "kept_bytes"}) {
    EXPECT_EQ(cell(name), "") << name;
  }
  weight.set_shared_with("other.weight");  // It has its elements all the same.
  weight.set_trainable(true);
  EXPECT_EQ(cell("num_params"), "30");
  EXPECT_EQ(cell("trainable"), "yes");
  weight.clear_shape();
  EXPECT_EQ(cell("num_params"), "1");  // A scalar.
  weight.add_shape(std::numeric_limits<int64_t>::max());
  weight.add_shape(2);
  EXPECT_EQ(cell("num_params"), "?");
  EXPECT_EQ(cell("params_percent"), "?");
  summary.clear_totals();
  weight.clear_shape();
  EXPECT_EQ(cell("params_percent"), "?");
}

}  // namespace
}  // namespace strata
