// The tensors that a pickle describes, checked before anyone trusts them.

#ifndef STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PICKLED_TENSORS_H_
#define STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PICKLED_TENSORS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace strata::torchscript {

// How many bytes the record of a storage has, by its key ("0"); nothing where
// there is no such record.
using RecordSize =
    std::function<std::optional<int64_t>(const std::string& key)>;

// kDataLoss where a tensor in `pickle` (data.pkl of a TorchScript archive) has
// sizes, strides or an offset that no tensor has, or that reach outside of its
// storage, or where its storage is larger than its record; the message names it
// by module and parameter. (LibTorch does not look at the record: it would read
// past its end.) OK for all that is not understood: LibTorch judges that.
absl::Status CheckPickledTensors(absl::string_view pickle,
                                 const RecordSize& record_size);

}  // namespace strata::torchscript

#endif  // STRATA_PLUGINS_SOURCES_TORCHSCRIPT_PICKLED_TENSORS_H_
