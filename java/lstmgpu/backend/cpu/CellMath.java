package lstmgpu.backend.cpu;

/**
 * The cells over tiles of n elements. Forward turns pre-activations into activated gates, which backward turns into
 * gradients of the pre-activations; formulas in {@link lstmgpu.backend.Cell}.
 */
final class CellMath {
    private CellMath() {}

    /** i, f, g, o activated in place; c becomes c'; h is written, and tanh(c') to scratch. */
    static void lstm(float[] i, float[] f, float[] g, float[] o, float[] c, float[] h, int n) {
        VectorMath.sigmoid(i, n);
        VectorMath.sigmoid(f, n);
        VectorMath.tanh(g, g, n);
        VectorMath.sigmoid(o, n);
        for (int k = 0; k < n; k++) {
            c[k] = Math.fma(f[k], c[k], i[k] * g[k]);
        }
        VectorMath.tanh(c, h, n);
        VectorMath.multiply(h, o, n);
    }

    /**
     * @param dh gradient of h'; overwritten
     * @param dc gradient of c' that comes from the next step; becomes that of c
     * @param tanhCell scratch; c' on entry
     */
    static void lstmGrad(
            float[] i,
            float[] f,
            float[] g,
            float[] o,
            float[] tanhCell,
            float[] before,
            float[] dh,
            float[] dc,
            int n) {
        VectorMath.tanh(tanhCell, tanhCell, n);
        for (int k = 0; k < n; k++) {
            float t = tanhCell[k];
            dc[k] = Math.fma(dh[k] * o[k], 1f - t * t, dc[k]);
        }
        for (int k = 0; k < n; k++) {
            o[k] = dh[k] * tanhCell[k] * (o[k] * (1f - o[k]));
        }
        for (int k = 0; k < n; k++) {
            dh[k] = dc[k] * i[k] * (1f - g[k] * g[k]);
        }
        for (int k = 0; k < n; k++) {
            i[k] = dc[k] * g[k] * (i[k] * (1f - i[k]));
        }
        System.arraycopy(dh, 0, g, 0, n);
        for (int k = 0; k < n; k++) {
            dh[k] = dc[k] * f[k];
        }
        for (int k = 0; k < n; k++) {
            f[k] = dc[k] * before[k] * (f[k] * (1f - f[k]));
        }
        System.arraycopy(dh, 0, dc, 0, n);
    }

    /** {@link #lstm} with i + pi·c, f + pf·c and o + po·c' in the place of i, f and o. */
    static void peepholeLstm(
            float[] i,
            float[] f,
            float[] g,
            float[] o,
            float[] pi,
            float[] pf,
            float[] po,
            float[] c,
            float[] h,
            int n) {
        for (int k = 0; k < n; k++) {
            i[k] = Math.fma(pi[k], c[k], i[k]);
        }
        for (int k = 0; k < n; k++) {
            f[k] = Math.fma(pf[k], c[k], f[k]);
        }
        VectorMath.sigmoid(i, n);
        VectorMath.sigmoid(f, n);
        VectorMath.tanh(g, g, n);
        for (int k = 0; k < n; k++) {
            c[k] = Math.fma(f[k], c[k], i[k] * g[k]);
        }
        for (int k = 0; k < n; k++) {
            o[k] = Math.fma(po[k], c[k], o[k]);
        }
        VectorMath.sigmoid(o, n);
        VectorMath.tanh(c, h, n);
        VectorMath.multiply(h, o, n);
    }

    /** {@link #lstmGrad} with the peepholes of {@link #peepholeLstm}. */
    static void peepholeLstmGrad(
            float[] i,
            float[] f,
            float[] g,
            float[] o,
            float[] pi,
            float[] pf,
            float[] po,
            float[] tanhCell,
            float[] before,
            float[] dh,
            float[] dc,
            int n) {
        VectorMath.tanh(tanhCell, tanhCell, n);
        for (int k = 0; k < n; k++) {
            float t = tanhCell[k];
            dc[k] = Math.fma(dh[k] * o[k], 1f - t * t, dc[k]);
        }
        for (int k = 0; k < n; k++) {
            o[k] = dh[k] * tanhCell[k] * (o[k] * (1f - o[k]));
        }
        for (int k = 0; k < n; k++) {
            dc[k] = Math.fma(o[k], po[k], dc[k]);
        }
        for (int k = 0; k < n; k++) {
            dh[k] = dc[k] * i[k] * (1f - g[k] * g[k]);
        }
        for (int k = 0; k < n; k++) {
            i[k] = dc[k] * g[k] * (i[k] * (1f - i[k]));
        }
        System.arraycopy(dh, 0, g, 0, n);
        for (int k = 0; k < n; k++) {
            dh[k] = Math.fma(i[k], pi[k], dc[k] * f[k]);
        }
        for (int k = 0; k < n; k++) {
            f[k] = dc[k] * before[k] * (f[k] * (1f - f[k]));
        }
        for (int k = 0; k < n; k++) {
            dc[k] = Math.fma(f[k], pf[k], dh[k]);
        }
    }

    /** i, g, o activated in place; c becomes c' = c + i·(g − c); h is written, and tanh(c') to scratch. */
    static void coupledLstm(float[] i, float[] g, float[] o, float[] c, float[] h, int n) {
        VectorMath.sigmoid(i, n);
        VectorMath.tanh(g, g, n);
        VectorMath.sigmoid(o, n);
        for (int k = 0; k < n; k++) {
            c[k] = Math.fma(i[k], g[k] - c[k], c[k]);
        }
        VectorMath.tanh(c, h, n);
        VectorMath.multiply(h, o, n);
    }

    /**
     * @param tanhCell scratch; c' on entry
     * @param dh gradient of h'; overwritten
     * @param dc gradient of c' that comes from the next step; becomes that of c
     */
    static void coupledLstmGrad(
            float[] i, float[] g, float[] o, float[] tanhCell, float[] before, float[] dh, float[] dc, int n) {
        VectorMath.tanh(tanhCell, tanhCell, n);
        for (int k = 0; k < n; k++) {
            float t = tanhCell[k];
            dc[k] = Math.fma(dh[k] * o[k], 1f - t * t, dc[k]);
        }
        for (int k = 0; k < n; k++) {
            o[k] = dh[k] * tanhCell[k] * (o[k] * (1f - o[k]));
        }
        for (int k = 0; k < n; k++) {
            dh[k] = dc[k] * (g[k] - before[k]) * (i[k] * (1f - i[k]));
        }
        for (int k = 0; k < n; k++) {
            g[k] = dc[k] * i[k] * (1f - g[k] * g[k]);
        }
        for (int k = 0; k < n; k++) {
            dc[k] *= 1f - i[k];
        }
        System.arraycopy(dh, 0, i, 0, n);
    }

    /** r, z activated in place; a becomes n = tanh(a + r·q); h, the state before, becomes h'. */
    static void gru(float[] r, float[] z, float[] a, float[] q, float[] h, int n) {
        VectorMath.sigmoid(r, n);
        VectorMath.sigmoid(z, n);
        for (int k = 0; k < n; k++) {
            a[k] = Math.fma(r[k], q[k], a[k]);
        }
        VectorMath.tanh(a, a, n);
        for (int k = 0; k < n; k++) {
            h[k] = Math.fma(z[k], h[k] - a[k], a[k]);
        }
    }

    /**
     * r, z, a (the n gate) and q become gradients of W_ir·x+.., W_iz·x+.., W_in·x+.. and W_hn·h + b_hn.
     *
     * @param dh gradient of h'; becomes the part of h's gradient that does not pass through a product
     */
    static void gruGrad(float[] r, float[] z, float[] a, float[] q, float[] before, float[] dh, int n) {
        for (int k = 0; k < n; k++) {
            before[k] = dh[k] * (before[k] - a[k]) * (z[k] * (1f - z[k]));
        }
        for (int k = 0; k < n; k++) {
            a[k] = dh[k] * (1f - z[k]) * (1f - a[k] * a[k]);
        }
        for (int k = 0; k < n; k++) {
            dh[k] *= z[k];
        }
        System.arraycopy(before, 0, z, 0, n);
        for (int k = 0; k < n; k++) {
            before[k] = a[k] * q[k] * (r[k] * (1f - r[k]));
        }
        for (int k = 0; k < n; k++) {
            q[k] = a[k] * r[k];
        }
        System.arraycopy(before, 0, r, 0, n);
    }

    /** a = max(0, a); NaN stays NaN. */
    static void relu(float[] a, int n) {
        for (int k = 0; k < n; k++) {
            a[k] = Math.max(a[k], 0f);
        }
    }

    /** h = dh·(1 − h²). */
    static void tanhGrad(float[] h, float[] dh, int n) {
        for (int k = 0; k < n; k++) {
            h[k] = dh[k] * (1f - h[k] * h[k]);
        }
    }

    /** h = dh where h > 0, otherwise 0; h is an output of relu. */
    static void reluGrad(float[] h, float[] dh, int n) {
        for (int k = 0; k < n; k++) {
            h[k] = dh[k] * Math.signum(h[k]);
        }
    }

    /** made = share·before + (1 − share)·made; with a share of 1 or 0 exactly the one or the other, if finite. */
    static void weigh(float[] share, float[] before, float[] made, int n) {
        for (int k = 0; k < n; k++) {
            made[k] = Math.fma(share[k], before[k], (1f - share[k]) * made[k]);
        }
    }

    /** other = share·slopes, and slopes is left the rest. */
    static void split(float[] share, float[] slopes, float[] other, int n) {
        for (int k = 0; k < n; k++) {
            other[k] = share[k] * slopes[k];
        }
        for (int k = 0; k < n; k++) {
            slopes[k] = (1f - share[k]) * slopes[k];
        }
    }
}
