#include "formatters/table/layer_cell.h"

#include <string>

#include "core/printable.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace strata::formatters::table {
namespace {

std::string Text(const Spans& spans) {
  std::string text;
  AppendSpans(spans, /*color=*/false, text);
  return text;
}

std::string Fitted(const LayerCell& cell, int room) {
  const std::string text = Text(FitLayerCell(cell, room, "…"));
  EXPECT_LE(DisplayWidth(text), room);
  return text;
}

LayerCell Cell(const std::string& with, int more) {
  return {{{"head"}, {" (Linear)"}}, {true, with, more}, {}};
}

TEST(LayerCellTest, SaysWithWhatItIsShared) {
  EXPECT_EQ(Text(WholeLayerCell(Cell("embedding.weight", 0))),
            "head (Linear) [shared with embedding.weight]");
  EXPECT_EQ(Text(WholeLayerCell(Cell("left", 2))),
            "head (Linear) [shared with left, +2]");
  EXPECT_EQ(Text(WholeLayerCell(Cell("", 0))), "head (Linear) [shared]");
  LayerCell cell = Cell("left", 0);
  cell.marks = {{" ×35"}, {" [not executed]"}};
  EXPECT_EQ(Text(WholeLayerCell(cell)),
            "head (Linear) [shared with left] ×35 [not executed]");
  cell.shared.is_shared = false;
  EXPECT_EQ(Text(WholeLayerCell(cell)), "head (Linear) ×35 [not executed]");
}

TEST(LayerCellTest, TheLabelThenThePathThenTheMarkGiveWay) {
  const LayerCell cell = {{{"self_attention"}, {" (MultiheadAttention)"}},
                          {true, "transformer.wte.weight", 1},
                          {{" ×12"}}};
  struct {
    int room;
    const char* text;
  } const rows[] = {
      {200,
       "self_attention (MultiheadAttention) [shared with "
       "transformer.wte.weight, +1] ×12"},
      {70,
       "self_attention (…tention) [shared with transformer.wte.weight, +1] "
       "×12"},
      {62, "self_attent…tion) [shared with transformer.wte.weight, +1] ×12"},
      {54, "self_atten…tion) [shared with transforme…ight, +1] ×12"},
      {48, "self_atten…tion) [shared with transf…ht, +1] ×12"},
      {44, "self_attention (Mult…Attention) [shared] ×12"},
      {24, "self_at…on) [shared] ×12"},
      {20, "self_attentio…d] ×12"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Fitted(cell, row.room), row.text) << row.room;
  }
  for (int room = 0; room < 90; ++room) Fitted(cell, room);
}

TEST(LayerCellTest, AShortLabelIsNotCutForAPath) {
  EXPECT_EQ(Fitted(Cell("embedding.weight", 0), 40),
            "head (Linear) [shared with embeddin…ght]");
  EXPECT_EQ(Fitted(Cell("embedding.weight", 0), 30), "head (Linear) [shared]");
}

}  // namespace
}  // namespace strata::formatters::table
