package lstmgpu.backend.cuda.driver;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;
import lstmgpu.backend.Step;

/** What a body put into the queues, as a CUDA graph: all of it is one launch. */
final class CudaGraph implements Step {
    private final CudaContext context;
    private final CudaQueues queues;
    private final CUgraphExec executable = new CUgraphExec();
    private boolean closed;

    private CudaGraph(CudaContext context, CudaQueues queues) {
        this.context = context;
        this.queues = queues;
    }

    /** Rehearses the body, so that everything it allocates, loads and prepares is there, and then records it. */
    static CudaGraph capture(CudaContext context, CudaQueues queues, Runnable body) {
        queues.rehearse(body);
        CUgraph graph = queues.record(body);
        CudaGraph step = new CudaGraph(context, queues);
        int status = JCudaDriver.cuGraphInstantiate(step.executable, graph, 0);
        JCudaDriver.cuGraphDestroy(graph);
        context.check().driver(status, "preparing a recorded step");
        return step;
    }

    @Override
    public void run() {
        context.enter();
        if (closed) {
            throw new IllegalStateException("the step is closed");
        }
        queues.refuseInCapture("contain another one");
        queues.join();
        context.check().driver(JCudaDriver.cuGraphLaunch(executable, queues.first()), "running a recorded step");
    }

    /** A context that is closed has taken its graphs with it. */
    @Override
    public void close() {
        if (!closed && !context.isClosed()) {
            context.enterToClose();
            queues.drain();
            JCudaDriver.cuGraphExecDestroy(executable);
        }
        closed = true;
    }
}
