package lstmgpu.backend.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What one thread of the pool needs of its own: the share it is working on, its way into BLAS, and heap tiles that grow
 * once and are kept.
 */
final class Worker {
    /** Elements of a tile that stays in the first-level cache beside half a dozen others. */
    static final int TILE = 1024;

    private static final long LINE = 64;

    private final int number;
    private final int shares;
    private final Blas blas = new Blas();
    private float[][] tiles = new float[12][0];
    private int[][] intTiles = new int[4][0];
    private double[] sums = new double[0];

    private MemorySegment scratch;
    private int current;

    /** @param number of its thread, the calling one's being 0 */
    Worker(int number, int shares) {
        this.number = number;
        this.shares = shares;
    }

    /** The number of its thread, whatever share that works on. */
    int number() {
        return number;
    }

    /** Makes this the worker of one share. */
    Worker take(int share) {
        current = share;
        return this;
    }

    /** The number of the share it is working on. */
    int share() {
        return current;
    }

    Blas blas() {
        return blas;
    }

    /** The first of the share's elements when {@code total} are divided evenly in multiples of {@code unit}. */
    int from(int total, int unit) {
        return boundary(total, unit, current);
    }

    /** One past the share's last element. */
    int to(int total, int unit) {
        return boundary(total, unit, current + 1);
    }

    private int boundary(int total, int unit, int share) {
        long units = (total + unit - 1L) / unit;
        return (int) Math.min(total, units * share / shares * unit);
    }

    /** As {@link #from(int, int)} for long stretches. */
    long from(long total) {
        return boundary(total, current);
    }

    long to(long total) {
        return boundary(total, current + 1);
    }

    private long boundary(long total, int share) {
        long units = (total + TILE - 1L) / TILE;
        return Math.min(total, units * share / shares * TILE);
    }

    /** Tile {@code number}, of at least {@code size} elements; what it holds is arbitrary. */
    float[] tile(int number, int size) {
        if (tiles[number].length < size) {
            tiles[number] = new float[size];
        }
        return tiles[number];
    }

    int[] intTile(int number, int size) {
        if (intTiles[number].length < size) {
            intTiles[number] = new int[size];
        }
        return intTiles[number];
    }

    /** The address of memory of its own for so many bytes, at the beginning of a line; what it holds is arbitrary. */
    long scratch(long bytes) {
        if (scratch == null || scratch.byteSize() < bytes) {
            scratch = Arena.ofAuto().allocate(bytes, LINE);
        }
        return scratch.address();
    }

    /** Accumulators; what they hold is arbitrary. */
    double[] sums(int size) {
        if (sums.length < size) {
            sums = new double[size];
        }
        return sums;
    }
}
