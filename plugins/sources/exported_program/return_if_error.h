// For functions that read one thing after another.

#ifndef STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_RETURN_IF_ERROR_H_
#define STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_RETURN_IF_ERROR_H_

#include "absl/status/status.h"

#define RETURN_IF_ERROR(expression)      \
  do {                                   \
    absl::Status status_ = (expression); \
    if (!status_.ok()) return status_;   \
  } while (false)

#endif  // STRATA_PLUGINS_SOURCES_EXPORTED_PROGRAM_RETURN_IF_ERROR_H_
