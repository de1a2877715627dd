#include "core/error.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace strata {
namespace {

constexpr absl::string_view kHint = "strata/hint";
constexpr absl::string_view kDetail = "strata/detail";

std::string PayloadText(const absl::Status& status, absl::string_view key) {
  auto payload = status.GetPayload(key);
  return payload ? std::string(*payload) : std::string();
}

// Levenshtein distance; the names are short.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] != b[j - 1] ? 1 : 0);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, absl::string_view what,
                       absl::string_view file, absl::string_view why) {
  return absl::Status(code, file.empty()
                                ? absl::StrCat(what, ": ", why)
                                : absl::StrCat(what, " (", file, "): ", why));
}

absl::Status WithHint(absl::Status status, absl::string_view hint) {
  if (!hint.empty()) status.SetPayload(kHint, absl::Cord(hint));
  return status;
}

absl::Status WithDetail(absl::Status status, absl::string_view detail) {
  if (!detail.empty()) status.SetPayload(kDetail, absl::Cord(detail));
  return status;
}

std::string ErrorHint(const absl::Status& status) {
  return PayloadText(status, kHint);
}

std::string ErrorDetail(const absl::Status& status) {
  return PayloadText(status, kDetail);
}

std::string NearestNameHint(absl::string_view name,
                            const std::vector<std::string>& names) {
  if (names.empty()) return "there are none";
  const std::string* nearest = nullptr;
  size_t best = 0;
  for (const std::string& candidate : names) {
    const size_t distance = EditDistance(name, candidate);
    if (nearest == nullptr || distance < best) {
      nearest = &candidate;
      best = distance;
    }
  }
  const std::string all =
      absl::StrCat("there are: ", absl::StrJoin(names, ", "));
  // Farther than a third of the word is no likely slip of the finger.
  if (best > std::max<size_t>(2, name.size() / 3)) return all;
  return absl::StrCat("did you mean '", *nearest, "'? ", all);
}

}  // namespace strata
