package lstmgpu.backend.cpu;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Row-major products through OpenBLAS, each on the calling thread: the backend divides the work itself, so that a product and the
 * loops around it share one division. One instance a thread.
 */
final class Blas {
    static {
        openblas_nolapack.blas_set_num_threads(1);
    }

    private final Cursor a = new Cursor();
    private final Cursor b = new Cursor();
    private final Cursor c = new Cursor();

    /** A pointer that can be moved without making a new one. */
    private static final class Cursor extends FloatPointer {
        Cursor() {
            super((Pointer) null);
        }

        Cursor at(long target) {
            address = target;
            return this;
        }
    }

    /** Which of the factors is stored transposed. */
    enum Transposed {
        NONE(CblasNoTrans, CblasNoTrans),
        FIRST(CblasTrans, CblasNoTrans),
        SECOND(CblasNoTrans, CblasTrans);

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
     * <p>A product with one column or one row, where both are stored densely, runs as matrix times vector, which reads the matrix once
     * and packs nothing.
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
            vector(m, k, first, firstStride, second, beta, result);
        } else if (m == 1 && transposed == Transposed.SECOND) {
            vector(n, k, second, secondStride, first, beta, result);
        } else if (transposed == Transposed.NONE && (beta == 0 || beta == 1) && LaneProduct.suits(n)) {
            LaneProduct.multiply(m, n, k, first, firstStride, second, secondStride, beta == 1, result, resultStride);
        } else {
            openblas_nolapack.cblas_sgemm(
                    CblasRowMajor,
                    transposed.first,
                    transposed.second,
                    m,
                    n,
                    k,
                    1f,
                    a.at(first),
                    firstStride,
                    b.at(second),
                    secondStride,
                    beta,
                    c.at(result),
                    resultStride);
        }
    }

    /** y [m] = A [m,k]·x [k] + beta·y. */
    private void vector(int m, int k, long matrix, int stride, long x, float beta, long y) {
        openblas_nolapack.cblas_sgemv(
                CblasRowMajor, CblasNoTrans, m, k, 1f, a.at(matrix), stride, b.at(x), 1, beta, c.at(y), 1);
    }
}
