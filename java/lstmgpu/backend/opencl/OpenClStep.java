package lstmgpu.backend.opencl;

import lstmgpu.backend.Step;

/** A step that queues its work each time it is run. */
final class OpenClStep implements Step {
    private final OpenClContext context;
    private final Runnable body;
    private boolean closed;

    OpenClStep(OpenClContext context, Runnable body) {
        this.context = context;
        this.body = body;
    }

    @Override
    public void run() {
        context.enter();
        if (closed) {
            throw new IllegalStateException("the step is closed");
        }
        body.run();
        context.flush();
    }

    @Override
    public void close() {
        closed = true;
    }
}
