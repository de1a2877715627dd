// The versions that a plugin must match. Preprocessor names, because they are
// spelled into the text that is read from a library before it is loaded.

#ifndef STRATA_CORE_VERSION_H_
#define STRATA_CORE_VERSION_H_

#include <google/protobuf/stubs/common.h>

#include "absl/base/config.h"

#define STRATA_VERSION "0.1.0"

// Rises with every change to a header that a plugin compiles against.
#define STRATA_INTERFACE_VERSION 4

#define STRATA_STRINGIFY_(x) #x
#define STRATA_STRINGIFY(x) STRATA_STRINGIFY_(x)

// Abseil between two long-term releases promises nothing at all.
#ifdef ABSL_LTS_RELEASE_VERSION
#define STRATA_ABSEIL_VERSION STRATA_STRINGIFY(ABSL_LTS_RELEASE_VERSION)
#else
#define STRATA_ABSEIL_VERSION "head"
#endif

#ifdef __SANITIZE_ADDRESS__
#define STRATA_SANITIZER " asan"
#else
#define STRATA_SANITIZER ""
#endif

// All that decides whether C++ objects may cross from one library to another.
#define STRATA_BUILD_STRING                                                    \
  "cxxabi" STRATA_STRINGIFY(__GXX_ABI_VERSION) " abseil" STRATA_ABSEIL_VERSION \
                                               " protobuf" STRATA_STRINGIFY(   \
                                                   GOOGLE_PROTOBUF_VERSION)    \
                                                   STRATA_SANITIZER

#endif  // STRATA_CORE_VERSION_H_
