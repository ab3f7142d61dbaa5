package lstmgpu.backend.cpu;

/**
 * Row-major products through OpenBLAS, each on the calling thread: the backend divides the work itself, so that a
 * product and the loops around it share one division.
 */
final class Blas {
    /** Which of the factors is stored transposed. */
    enum Transposed {
        NONE(OpenBlas.NOT_TRANSPOSED, OpenBlas.NOT_TRANSPOSED),
        FIRST(OpenBlas.TRANSPOSED, OpenBlas.NOT_TRANSPOSED),
        SECOND(OpenBlas.NOT_TRANSPOSED, OpenBlas.TRANSPOSED);

        private final int first;
        private final int second;

        Transposed(int first, int second) {
            this.first = first;
            this.second = second;
        }
    }

    /**
     * C [m,n] = A·B + beta·C with inner length k; the leading dimensions are those of the matrices as stored.
     *
     * <p>A product with one column or one row, where both are stored densely, runs as matrix times vector, which reads
     * the matrix once and packs nothing.
     */
    void multiply(
            Transposed transposed,
            int m,
            int n,
            int k,
            long first,
            int firstStride,
            long second,
            int secondStride,
            float beta,
            long result,
            int resultStride) {
        if (m == 0 || n == 0 || k == 0) {
            return;
        }
        if (n == 1 && transposed == Transposed.NONE && secondStride == 1 && resultStride == 1) {
            OpenBlas.multiply(m, k, first, firstStride, second, beta, result);
        } else if (m == 1 && transposed == Transposed.SECOND) {
            OpenBlas.multiply(n, k, second, secondStride, first, beta, result);
        } else if (transposed == Transposed.NONE && (beta == 0 || beta == 1) && RecurrentProduct.suits(n)) {
            RecurrentProduct.multiply(
                    m, n, k, first, firstStride, second, secondStride, beta == 1, result, resultStride);
        } else {
            OpenBlas.multiply(
                    transposed.first,
                    transposed.second,
                    m,
                    n,
                    k,
                    first,
                    firstStride,
                    second,
                    secondStride,
                    beta,
                    result,
                    resultStride);
        }
    }
}
