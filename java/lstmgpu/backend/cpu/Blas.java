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

    private final LaneProduct lanes = new LaneProduct();
    private final LaneProduct.Rows laneRows = new LaneProduct.Rows();

    /** What {@link #multiplyLanes} takes, to be filled. */
    LaneProduct.Rows laneRows() {
        return laneRows;
    }

    /**
     * C [m,n] += A [m,k]·B [k,n] for texts that are written one token at a time: a column of C is the same bit for bit
     * however many columns there are, where {@link LaneProduct} is there.
     */
    void multiplyLanes(LaneProduct.Rows rows, int n, int k, long second, int secondStride) {
        if (LaneProduct.isThere()) {
            lanes.multiply(rows, n, k, second, secondStride, false, true);
            return;
        }
        for (int group = 0; group < rows.groups(); group++) {
            multiply(
                    Transposed.NONE,
                    rows.rows(),
                    n,
                    k,
                    rows.first(group),
                    rows.stride(),
                    second,
                    secondStride,
                    1f,
                    rows.result(group),
                    rows.resultStride());
        }
    }

    /** C [m,n] = A [m,k]·Bᵀ + beta·C with B [n,k], where a row of C is the same however many rows there are. */
    void multiplyRows(int m, int n, int k, long first, long second, boolean add, long result, int resultStride) {
        if (LaneProduct.isThere()) {
            lanes.multiply(laneRows.of(m, first, k, result, resultStride), n, k, second, k, true, add);
        } else {
            multiply(Transposed.SECOND, m, n, k, first, k, second, k, add ? 1f : 0f, result, resultStride);
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
