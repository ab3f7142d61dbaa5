package lstmgpu.backend.reference;

import lstmgpu.backend.Step;

/** A step that is simply its code. */
record ReferenceStep(Runnable body) implements Step {
    @Override
    public void run() {
        body.run();
    }

    @Override
    public void close() {
        // Nothing was recorded, so there is nothing to free.
    }
}
