package lstmgpu.backend.cpu;

/** The one slot is h'; nothing but h goes from step to step. */
final class ElmanTiles extends CellTiles {
    private final Activation activation;
    private final Slope slope;

    /** Is applied to n pre-activations in place. */
    interface Activation {
        void apply(float[] a, int n);
    }

    /** Turns n values h' into gradients of their pre-activations. */
    interface Slope {
        void apply(float[] h, float[] dh, int n);
    }

    ElmanTiles(RnnWorkspace work, Activation activation, Slope slope) {
        super(work);
        this.activation = activation;
        this.slope = slope;
    }

    @Override
    void forward(Worker worker, int layer, int step, long at, float[] h, int n) {
        float[] a = worker.tile(0, Worker.TILE);
        activation.apply(a, n);
        System.arraycopy(a, 0, h, 0, n);
    }

    @Override
    void backward(Worker worker, int layer, int step, long at, float[] dh, int n) {
        slope.apply(worker.tile(0, Worker.TILE), dh, n);
    }
}
