// One product of cuBLAS, as it waits in a stream: column-major C = alpha·op(A)·op(B) + beta·C.
#ifndef CUDASIM_CUBLAS_PRODUCT_H
#define CUDASIM_CUBLAS_PRODUCT_H

namespace cublas {

enum Factors { FLOATS, TF32, BFLOATS };  // how factors lie in memory, and whether they are rounded

struct Product {
    int m, n, k;
    bool transpose_a, transpose_b;
    const void *a, *b;
    long lda, ldb, ldc;
    float *c;
    const float *alpha_at, *beta_at;  // in device memory; null: the values below
    float alpha, beta;
    Factors factors;
};

void multiply(const Product &product);

}  // namespace cublas
#endif
