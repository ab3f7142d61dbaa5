package lstmgpu.backend.cuda.cudnn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnTensorDescriptor;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.cuda.driver.CudaBuffer;
import lstmgpu.backend.cuda.driver.CudaPointer;

/**
 * Where the weights of a layer lie in the parameter buffer and where cuDNN wants them, as stretches that keep their
 * order in both. cuDNN numbers the gates as PyTorch does: i, f, g, o and r, z, n, first the input's matrices, then the
 * recurrent ones.
 *
 * @param length elements of cuDNN's weights of the layer
 */
record CudnnWeightOrder(List<Stretch> stretches, long length) {
    /** @param ours first element in the parameter buffer; theirs in cuDNN's weights */
    record Stretch(long ours, long theirs, long length) {
        private boolean precedes(Stretch next) {
            return ours + length == next.ours && theirs + length == next.theirs;
        }
    }

    /** Asks cuDNN. {@code space} is any memory as large as the layer's weights. */
    static CudnnWeightOrder of(
            CudnnHandle cudnn,
            CudnnDescriptors layer,
            RnnShape shape,
            int number,
            ParameterLayout layout,
            CudaBuffer space) {
        List<Stretch> stretches = new ArrayList<>();
        int gates = shape.cell().gates();
        cudnnTensorDescriptor unused = new cudnnTensorDescriptor();
        cudnn.check(JCudnn.cudnnCreateTensorDescriptor(unused), "making a descriptor");
        try {
            for (int place = 0; place < 2 * gates; place++) {
                String side = (place < gates ? "_ih_l" : "_hh_l") + number;
                int inputs = place < gates ? shape.inputOf(number) : shape.hiddenSize();
                CudaPointer matrix = new CudaPointer();
                CudaPointer bias = new CudaPointer();
                cudnn.check(
                        JCudnn.cudnnGetRNNWeightParams(
                                cudnn.handle(),
                                layer.rnn(),
                                0,
                                space.bytes(),
                                space.pointer(),
                                place,
                                unused,
                                matrix,
                                unused,
                                bias),
                        "placing a layer's weights");
                long rows = shape.hiddenSize();
                long first = place % gates * rows;
                stretches.add(stretch(layout, "weight" + side, first * inputs, space, matrix, rows * inputs));
                stretches.add(stretch(layout, "bias" + side, first, space, bias, rows));
            }
        } finally {
            JCudnn.cudnnDestroyTensorDescriptor(unused);
        }
        return new CudnnWeightOrder(joined(stretches), space.length());
    }

    private static Stretch stretch(
            ParameterLayout layout, String name, long first, CudaBuffer space, CudaPointer place, long length) {
        long bytes = place.address() - space.address();
        return new Stretch(
                layout.slot(name).offset() + first, bytes / space.type().bytes(), length);
    }

    /** Neighbours in both orders become one. */
    private static List<Stretch> joined(List<Stretch> stretches) {
        List<Stretch> sorted = new ArrayList<>(stretches);
        sorted.sort(Comparator.comparingLong(Stretch::theirs));
        List<Stretch> joined = new ArrayList<>();
        for (Stretch next : sorted) {
            Stretch last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && last.precedes(next)) {
                joined.set(joined.size() - 1, new Stretch(last.ours, last.theirs, last.length + next.length));
            } else {
                joined.add(next);
            }
        }
        return List.copyOf(joined);
    }

    /** Whether the parameter buffer is in cuDNN's order, so that cuDNN can use it as it is. */
    boolean isInPlace() {
        return stretches.size() == 1 && stretches.getFirst().length == length;
    }
}
