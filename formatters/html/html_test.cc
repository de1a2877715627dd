#include "formatters/html/html.h"
#include "gtest/gtest.h"
