package lstmgpu.network;

import lstmgpu.backend.BatchShare;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;

/**
 * What a {@link Pass} reads, T steps in B sequences, in device memory.
 *
 * @param form what it consists of
 * @param inputs INT32 [T,B] tokens or FLOAT32 [T,B,I] features, as the network's {@link InputPart} says
 * @param targets as its {@link Head} says; null where nothing is judged
 * @param lengths INT32 [B] in [1, T], the steps of each sequence; null where all have T. Behind them is padding, of
 *     finite numbers and tokens that there are, which reaches nothing
 * @param weights FLOAT32, how much each target counts in the loss, of the targets' shape: [T,B] for tokens,
 *     [T,B,targets] for values, [B] for classes; null where all count alike, or nothing is judged. Whoever fills a
 *     batch lets its weights add up to their number, those of the whole batch where this is a share: the losses' mean,
 *     which is over all of them, is then the weighted mean. Padding weighs 0, and so does a value that is missing,
 *     which may then be NaN
 */
public record Batch(Form form, DeviceBuffer inputs, DeviceBuffer targets, DeviceBuffer lengths, DeviceBuffer weights) {
    /**
     * What a batch consists of.
     *
     * @param steps T
     * @param sequences B
     * @param lengths whether sequences have lengths of their own
     * @param weights whether targets count differently
     * @param share which of a larger batch's sequences these are: masks of dropout are that batch's, and losses count
     *     for its mean
     */
    public record Form(int steps, int sequences, boolean lengths, boolean weights, BatchShare share) {
        /** Of a whole batch. */
        public Form(int steps, int sequences, boolean lengths, boolean weights) {
            this(steps, sequences, lengths, weights, BatchShare.whole(sequences));
        }

        /** Sequences of T steps, all of which count alike. */
        public static Form of(int steps, int sequences) {
            return new Form(steps, sequences, false, false);
        }

        /** The same for a share of a batch. */
        Form in(BatchShare part) {
            return new Form(steps, sequences, lengths, weights, part);
        }

        /** N = T·B. */
        int rows() {
            return Math.multiplyExact(steps, sequences);
        }

        /** N of the whole batch. */
        int allRows() {
            return Math.multiplyExact(steps, share.all());
        }
    }

    static Batch of(Network network, Resources memory, Form form, boolean judged) {
        Head head = network.config().head();
        if (judged && form.lengths() && !form.weights() && head.judgesSteps()) {
            throw new IllegalArgumentException("padding counts in the loss unless steps have weights");
        }
        DeviceBuffer targets = judged ? targets(memory, head, form) : null;
        return new Batch(
                form,
                inputs(memory, network.config().input(), form),
                targets,
                form.lengths() ? memory.alloc(ElementType.INT32, form.sequences()) : null,
                judged && form.weights() ? memory.alloc(ElementType.FLOAT32, targets.length()) : null);
    }

    private static DeviceBuffer inputs(Resources memory, InputPart part, Form form) {
        return switch (part) {
            case InputPart.Tokens _ -> memory.alloc(ElementType.INT32, form.rows());
            case InputPart.Features features -> memory.alloc(ElementType.FLOAT32, length(form, features.size()));
        };
    }

    private static DeviceBuffer targets(Resources memory, Head head, Form form) {
        return switch (head) {
            case Head.NextToken _ -> memory.alloc(ElementType.INT32, form.rows());
            case Head.Values values -> memory.alloc(ElementType.FLOAT32, length(form, values.targets()));
            case Head.SequenceClass _ -> memory.alloc(ElementType.INT32, form.sequences());
        };
    }

    private static long length(Form form, int width) {
        return Math.multiplyExact((long) form.rows(), (long) width);
    }
}
