package lstmgpu.generate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.Network;

/**
 * Writes many texts at a time: requests join and leave at any token, each with its own settings, and those that are
 * there share every step of the network. A text is what it would be alone.
 *
 * <p>Any thread may call any method. One thread of its own does all the work and calls the listeners; from the
 * constructor to the end of {@link #close} the network and its device belong to that thread, so whoever wants the
 * device too does it in {@link #call}. The weights are taken as they are when this is made.
 */
public final class Lanes implements AutoCloseable {
    /** Most texts at a time. */
    public static final int MOST_LANES = 128;

    private final Tokenizer tokenizer;
    private final int vocabulary;
    private final int most;
    private final int queue;
    private final StateForm form;
    private final Thread thread;
    private final Deque<LaneText> waiting = new ArrayDeque<>();
    private final Deque<Runnable> calls = new ArrayDeque<>();
    private int running;
    private boolean woken;
    private boolean closing;
    private Throwable broken;

    /**
     * @param most texts that are written at a time, 1 to {@link #MOST_LANES}
     * @param queue requests that may wait beyond them, at least 0
     * @throws LstmGpuException with exit code 2 if one of them is out of range, 3 if the tokenizer is not the
     *     model's, 5 if memory is short
     */
    public Lanes(Network model, Tokenizer tokenizer, int most, int queue) {
        StateForm.requireTokenizer(model, tokenizer);
        LstmGpuException.requireRange("--lanes", most, 1, MOST_LANES);
        LstmGpuException.requireRange("--max-queue", queue, 0, Integer.MAX_VALUE - most);
        this.tokenizer = tokenizer;
        this.vocabulary = tokenizer.vocabularySize();
        this.most = most;
        this.queue = queue;
        CompletableFuture<StateForm> ready = new CompletableFuture<>();
        this.thread = Thread.ofPlatform().daemon().name("lanes").start(() -> work(model, ready));
        try {
            this.form = ready.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failure;
        }
    }

    /** What the states of this model's texts look like. */
    public StateForm form() {
        return form;
    }

    /** Texts that are being read or written. */
    public synchronized int running() {
        return running;
    }

    /** Requests that wait for a lane. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /**
     * Hands in a request. Its listener may hear of it before this returns.
     *
     * @throws LanesFullException if every lane and every place in the queue is taken
     * @throws IllegalArgumentException if its prompt has a token that the vocabulary lacks
     * @throws LstmGpuException with exit code 3 if its state belongs to other weights
     * @throws IllegalStateException if the lanes are closed, or broken by an earlier failure, which is its cause
     */
    public LaneTicket submit(LaneRequest request, LaneListener listener) {
        for (int token : request.prompt()) {
            if (token < 0 || token >= vocabulary) {
                throw new IllegalArgumentException("no token " + token + " in this vocabulary");
            }
        }
        if (request.from() != null) {
            request.from().require(form);
        }
        LaneText text = new LaneText(request, tokenizer, listener, this::wake);
        synchronized (this) {
            requireOpen();
            if (running + waiting.size() >= most + queue) {
                throw new LanesFullException(running, waiting.size());
            }
            waiting.add(text);
            wake();
        }
        return text;
    }

    /**
     * Runs something on the thread that has the device, between two steps of the texts, which wait meanwhile.
     *
     * @return completes with nothing once it has run, or with what it threw
     * @throws IllegalStateException as {@link #submit}
     */
    public synchronized CompletableFuture<Void> call(Runnable work) {
        requireOpen();
        CompletableFuture<Void> done = new CompletableFuture<>();
        calls.add(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (RuntimeException | Error thrown) {
                done.completeExceptionally(thrown);
            }
        });
        wake();
        return done;
    }

    private void requireOpen() {
        if (broken != null) {
            throw new IllegalStateException("writing has failed before: " + broken.getMessage(), broken);
        }
        if (closing) {
            throw new IllegalStateException("the lanes are closed");
        }
    }

    private synchronized void wake() {
        woken = true;
        notifyAll();
    }

    private void work(Network model, CompletableFuture<StateForm> ready) {
        try (LaneWriter writer = new LaneWriter(model, most)) {
            ready.complete(writer.form());
            try {
                while (admit(writer)) {
                    writer.step(this::hasWaiting);
                    setRunning(writer.running());
                }
                writer.endAll(LaneEnd.Reason.CLOSED, null);
            } catch (RuntimeException | Error failure) {
                fail(failure);
                writer.endAll(LaneEnd.Reason.FAILED, failure);
            }
        } catch (RuntimeException | Error failure) {
            ready.completeExceptionally(failure);
            fail(failure);
        } finally {
            endWaiting();
        }
    }

    /** Waits for something to do and takes in whoever has a place; false once this is to be closed. */
    private boolean admit(LaneWriter writer) {
        List<Runnable> asked;
        synchronized (this) {
            while (!closing && !woken && calls.isEmpty() && waiting.isEmpty() && !writer.isBusy()) {
                try {
                    wait();
                } catch (InterruptedException interrupted) {
                    closing = true;
                }
            }
            woken = false;
            asked = List.copyOf(calls);
            calls.clear();
            if (closing) {
                asked.forEach(Runnable::run);
                return false;
            }
        }
        asked.forEach(Runnable::run);
        removeCancelled();
        synchronized (this) {
            while (!waiting.isEmpty() && writer.running() < most) {
                writer.join(waiting.remove());
            }
            running = writer.running();
        }
        return true;
    }

    private void removeCancelled() {
        List<LaneText> cancelled = new ArrayList<>();
        synchronized (this) {
            waiting.removeIf(text -> text.isCancelled() && cancelled.add(text));
        }
        cancelled.forEach(text -> text.finish(null));
    }

    private synchronized boolean hasWaiting() {
        return woken;
    }

    private synchronized void setRunning(int count) {
        running = count;
    }

    private synchronized void fail(Throwable failure) {
        broken = failure;
    }

    /** The thread is about to end, and nobody is accepted any more. */
    private void endWaiting() {
        List<LaneText> left;
        List<Runnable> asked;
        synchronized (this) {
            closing = true;
            running = 0;
            left = List.copyOf(waiting);
            waiting.clear();
            asked = List.copyOf(calls);
            calls.clear();
        }
        asked.forEach(Runnable::run);
        LaneEnd.Reason reason = broken == null ? LaneEnd.Reason.CLOSED : LaneEnd.Reason.FAILED;
        left.forEach(text -> text.finish(reason, null, broken));
    }

    /** Ends every request as {@link LaneEnd.Reason#CLOSED} and waits until the device is free; not for a listener. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            wake();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
