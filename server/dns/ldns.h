#pragma once

// Tells ldns that the language has bool, or it makes macros of `true` and `false`.
// clang-format off
#include <stdbool.h>  // NOLINT(modernize-deprecated-headers)
#include <ldns/ldns.h>
// clang-format on
