#include "formatters/dot/dot.h"

#include "gtest/gtest.h"
#include "tests/testing.h"
