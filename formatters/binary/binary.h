// The formatter `binary`: the whole summary, small and quick to read.

#ifndef STRATA_FORMATTERS_BINARY_BINARY_H_
#define STRATA_FORMATTERS_BINARY_BINARY_H_

#include "core/formatter.h"

namespace strata::formatters {

// The Summary message in Protobuf's binary form. The same summary gives the
// same bytes. The options change nothing here. Text that is no UTF-8, which no
// reader of Protobuf would take, has U+FFFD in place of the bytes that are
// none.
class BinaryFormatter : public Formatter {
 public:
  // Error kOutOfRange: more than the 2 GiB that Protobuf can write.
  absl::Status Format(const Summary& summary, const FormatOptions& options,
                      Sink& sink) override;
};

}  // namespace strata::formatters

#endif  // STRATA_FORMATTERS_BINARY_BINARY_H_
