// Placeholder translation unit until core has its first source.
#include "core/error.h"
