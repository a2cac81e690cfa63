#pragma once

#include <cblas.h>

// Debian lets `cblas.h` be that of any BLAS; these two exist in the library that is linked, and
// declaring them again is harmless where the header has them.
void openblas_set_num_threads(int threads);
char *openblas_get_config(void);
