// Reads a summary that was saved.

#ifndef STRATA_CORE_SUMMARY_READER_H_
#define STRATA_CORE_SUMMARY_READER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/summary.pb.h"

namespace strata {

// What this Strata writes, and the newest that it reads: see
// Summary.format_version.
constexpr int32_t kSummaryFormatVersion = 1;

// Reads a file of one of three forms, whatever its name is:
//   JSON, as --format=json writes it. Counts may also be strings, as Protobuf's
//     own mapping has them; a summary without a version is of version 1.
//   Binary: the Summary message as --format=binary writes it.
//   HTML: a page that holds the JSON in <script type="application/json"
//     id="strata-summary">.
// Fields that it does not know are passed over.
//
// Errors, in the form of core/error.h: no such file, a folder, an empty one,
// one of a newer version, one that is damaged or cut off, and one that is
// something else. Whether the figures in it are true nobody can know; that the
// layers are a tree is not checked either, and a formatter takes anything.
absl::StatusOr<Summary> ReadSummary(const std::string& file);

// The same of the file's content; `file` is only its name, for errors.
absl::StatusOr<Summary> ParseSummary(absl::string_view content,
                                     const std::string& file);

}  // namespace strata

#endif  // STRATA_CORE_SUMMARY_READER_H_
