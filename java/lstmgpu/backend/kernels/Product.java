package lstmgpu.backend.kernels;

import lstmgpu.backend.Precision;

/**
 * C [rows,columns] = op(A) [rows,depth] · op(B) [depth,columns], row-major and dense. A transposed factor lies in
 * memory as [depth,rows] or [columns,depth]. Plans make theirs once; a step allocates none.
 *
 * @param precision FP32 and TF32 take FLOAT32 factors, BF16 takes BFLOAT16 factors; sums and C are FLOAT32
 */
public record Product(int rows, int columns, int depth, boolean transposeA, boolean transposeB, Precision precision) {}
