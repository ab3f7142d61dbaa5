package lstmgpu.backend.cuda.libraries;

import jcuda.jcudnn.JCudnn;

/**
 * A version of cuDNN.
 *
 * @param number as cudnnGetVersion gives it: 90501 for 9.5.1
 */
public record CudnnVersion(int number) {
    /** The first with recurrent layers in bfloat16. */
    public static final CudnnVersion BFLOAT16 = new CudnnVersion(91300);

    /** Of the library that JCuda is bound to. */
    public static CudnnVersion current() {
        return new CudnnVersion((int) JCudnn.cudnnGetVersion());
    }

    public boolean hasBfloat16() {
        return number >= BFLOAT16.number;
    }

    /** Without the name. */
    String digits() {
        return "%d.%d.%d".formatted(number / 10_000, number / 100 % 100, number % 100);
    }

    @Override
    public String toString() {
        return "cuDNN " + digits();
    }
}
