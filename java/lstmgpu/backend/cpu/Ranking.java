package lstmgpu.backend.cpu;

/** Partial order of many numbers without garbage. */
final class Ranking {
    private Ranking() {}

    /**
     * order[0..n) becomes a permutation whose first {@code count} places name the largest values, largest first and the
     * lower index first among equals: a heap from which {@code count} are taken.
     */
    static void largestFirst(double[] values, int[] order, int n, int count) {
        for (int i = 0; i < n; i++) {
            order[i] = n - 1 - i;
        }
        for (int i = n / 2 - 1; i >= 0; i--) {
            sink(values, order, n, i);
        }
        // The largest leaves the heap at its end, as in heapsort; the places then are turned round.
        for (int taken = 0; taken < count; taken++) {
            int end = n - 1 - taken;
            swap(order, 0, end);
            sink(values, order, end, 0);
        }
        for (int i = 0, j = n - 1; i < j; i++, j--) {
            swap(order, i, j);
        }
    }

    private static void sink(double[] values, int[] heap, int size, int from) {
        int at = from;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && before(values, heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(values, heap[child], heap[at])) {
                return;
            }
            swap(heap, at, child);
            at = child;
        }
    }

    private static boolean before(double[] values, int a, int b) {
        return values[a] > values[b] || values[a] == values[b] && a < b;
    }

    private static void swap(int[] heap, int a, int b) {
        int held = heap[a];
        heap[a] = heap[b];
        heap[b] = held;
    }
}
