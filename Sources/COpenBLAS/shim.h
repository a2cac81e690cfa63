#ifndef ABLATE_COPENBLAS_SHIM_H
#define ABLATE_COPENBLAS_SHIM_H

#include <cblas.h>
#include <dlfcn.h>

/* OpenBLAS is opened when something is first computed with it, not when the program starts: loading it
   with the libraries that it needs takes longer than everything else in the program's start, and few
   studies ask for it. Types and constants are those of its own header. */

struct ablate_openblas {
  void (*set_num_threads)(int threads);
  char *(*get_config)(void);
  void (*sgemm)(
      enum CBLAS_ORDER order, enum CBLAS_TRANSPOSE trans_a, enum CBLAS_TRANSPOSE trans_b, blasint m,
      blasint n, blasint k, float alpha, const float *a, blasint lda, const float *b, blasint ldb,
      float beta, float *c, blasint ldc);
};

/* Opens the library of that name and finds its functions. Returns null, or the system's words for what
   is missing. A library that was opened stays open. */
static inline const char *ablate_open_openblas(
    const char *name, struct ablate_openblas *functions) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library == 0) return dlerror();
  *(void **)&functions->set_num_threads = dlsym(library, "openblas_set_num_threads");
  *(void **)&functions->get_config = dlsym(library, "openblas_get_config");
  *(void **)&functions->sgemm = dlsym(library, "cblas_sgemm");
  if (functions->set_num_threads == 0 || functions->get_config == 0 || functions->sgemm == 0)
    return "it lacks a function that OpenBLAS has";
  return 0;
}

#endif
