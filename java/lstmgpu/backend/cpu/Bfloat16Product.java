package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** Products of bfloat16 factors with float32 sums, {@code native/bfloat16_product.cpp}. */
final class Bfloat16Product {
    static final String NAME = "bfloat16_product";

    private static final MethodHandle HANDLE = NativeProduct.function(
            Bfloat16Unit.library(),
            NAME,
            FunctionDescriptor.ofVoid(
                    JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                    JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));

    private Bfloat16Product() {}

    /**
     * C [m,n] = Σ over the blocks of A [m,k]·B [k,n], or C += that.
     *
     * @param a the left factor, of which {@code first} is the address of the first of sixteen rows
     * @param b the right factor, of which {@code second} is the address of the first of sixteen columns; as long as A
     * @param result the address of C, float32 with rows {@code stride} elements apart
     */
    static void multiply(
            Bfloat16Unit unit,
            int m,
            int n,
            int blocks,
            Bfloat16Factor a,
            long first,
            Bfloat16Factor b,
            long second,
            boolean add,
            long result,
            int stride) {
        if (a.inner() != b.inner()) {
            throw new IllegalArgumentException("inner lengths differ: %d and %d".formatted(a.inner(), b.inner()));
        }
        try {
            HANDLE.invokeExact(
                    unit.number(),
                    m,
                    n,
                    blocks,
                    a.inner(),
                    first,
                    a.group(),
                    a.block(),
                    second,
                    b.group(),
                    b.block(),
                    add ? 1 : 0,
                    result,
                    (long) stride);
        } catch (Throwable e) {
            throw new IllegalStateException("native/bfloat16_product failed", e);
        }
    }
}
