// Whether nobody else can change what lies at a path.

#ifndef STRATA_CORE_TRUSTED_PATH_H_
#define STRATA_CORE_TRUSTED_PATH_H_

#include <sys/stat.h>

#include <string>

namespace strata {

// Why somebody beside the user and root can put another file in the place of
// `path`, which is absolute; empty when nobody can. Looked at are the file (or
// folder) itself, every folder above it, and each link on the way with what it
// leads to:
//   - it belongs to the user or to root;
//   - not everyone may write it, but for a folder above that is sticky (/tmp),
//     where nobody moves another's files;
//   - the group may write it only where nobody else is in it: the user's own
//     group of the same name, or root's or staff's without members.
std::string WhyNotTrusted(const std::string& path);

// The same of one thing alone, by what lstat says of it; `is_above`: a folder
// above the one that is meant.
std::string WhyNotTrustedAlone(const std::string& path, const struct stat& info,
                               bool is_above);

// The name of the user that `path` belongs to, or a number; empty: no file.
std::string OwnerOf(const std::string& path);

}  // namespace strata

#endif  // STRATA_CORE_TRUSTED_PATH_H_
