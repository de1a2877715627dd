// The cells of a summary's rows as text: what the formatters that print rows
// share.

#ifndef STRATA_CORE_CELL_TEXTS_H_
#define STRATA_CORE_CELL_TEXTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/columns.h"
#include "core/summary.pb.h"

namespace strata {

// Everywhere: "" when the column does not apply (a ReLU has no kernel size),
// "?" when there is a value and it is not known.
class CellTexts {
 public:
  // `summary` must outlive it. Without `unicode` Strata's own signs are ASCII;
  // text from the model's file is what it is.
  CellTexts(const Summary& summary, bool unicode);

  // The cell of the layer at this place in summary.layers().
  // input_size, output_size: where the calls differ, each form once, in the
  // order of first appearance, with how often: "[2, 8] ×2; [1, 8]"; of more
  // than four the rest as a number.
  // trainable, dtype: of its whole subtree, as the figures are.
  std::string OfLayer(const TextColumn& column, int layer) const;

  // The cell of a row of its own for a parameter: its elements, what part of
  // the model's they are, whether it trains, its dtype; "" for the others.
  // A tensor that is held elsewhere too is shown with all its elements: they
  // are what this module uses. Only the totals count it once.
  std::string OfParameter(const TextColumn& column,
                          const Parameter& parameter) const;

 private:
  // Of the parameters of a subtree.
  struct Parameters {
    bool trainable = false;  // Some train.
    bool frozen = false;     // Some do not.
    uint64_t dtypes = 0;     // A bit for each place in dtypes_.
  };

  static std::string TrainableText(const Parameters& parameters);
  std::string DtypeText(uint64_t dtypes) const;
  void LookAtParameters();
  std::string CallsText(const Layer& layer, bool inputs) const;

  const Summary& summary_;
  const bool unicode_;
  std::vector<std::string> dtypes_;     // In the order of first appearance.
  std::vector<Parameters> parameters_;  // By layer.
};

}  // namespace strata

#endif  // STRATA_CORE_CELL_TEXTS_H_
