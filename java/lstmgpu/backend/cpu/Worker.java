package lstmgpu.backend.cpu;

/** What one thread of the pool needs of its own: its number, its way into BLAS, and heap tiles that grow once and are kept. */
final class Worker {
    /** Elements of a tile that stays in the first-level cache beside half a dozen others. */
    static final int TILE = 1024;

    private final int index;
    private final int count;
    private final Blas blas = new Blas();
    private float[][] tiles = new float[12][0];
    private int[][] intTiles = new int[4][0];
    private double[] sums = new double[0];

    Worker(int index, int count) {
        this.index = index;
        this.count = count;
    }

    Blas blas() {
        return blas;
    }

    boolean isFirst() {
        return index == 0;
    }

    /** The first of this worker's elements when {@code total} are divided evenly in multiples of {@code unit}. */
    int from(int total, int unit) {
        return share(total, unit, index);
    }

    /** One past this worker's last element. */
    int to(int total, int unit) {
        return share(total, unit, index + 1);
    }

    private int share(int total, int unit, int part) {
        long units = (total + unit - 1L) / unit;
        return (int) Math.min(total, units * part / count * unit);
    }

    /** As {@link #from(int, int)} for long stretches. */
    long from(long total) {
        return shareTiles(total, index);
    }

    long to(long total) {
        return shareTiles(total, index + 1);
    }

    private long shareTiles(long total, int part) {
        long units = (total + TILE - 1L) / TILE;
        return Math.min(total, units * part / count * TILE);
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

    /** Accumulators; what they hold is arbitrary. */
    double[] sums(int size) {
        if (sums.length < size) {
            sums = new double[size];
        }
        return sums;
    }
}
