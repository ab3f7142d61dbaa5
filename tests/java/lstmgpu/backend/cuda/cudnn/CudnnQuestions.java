package lstmgpu.backend.cuda.cudnn;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A process that describes layers and sequences to a cuDNN, the real one or the stand-in's, and prints the status of
 * every call.
 */
public final class CudnnQuestions {
    private static final int FLOAT = 0;
    private static final int HALF = 2;
    private static final int BFLOAT16 = 9;
    private static final int LSTM = 2;
    private static final int DOUBLE_BIAS = 2;
    private static final List<String> FILES = List.of("libcublasLt.so.12", "libcublasLt.so.13", "libcudnn.so.9");

    private final Arena arena = Arena.global();
    private final SymbolLookup cudnn;

    private CudnnQuestions(Path library) {
        cudnn = SymbolLookup.libraryLookup(library, arena);
    }

    /** @param arguments the folders of the libraries */
    public static void main(String[] arguments) {
        Path last = null;
        for (String name : FILES) {
            for (String folder : arguments[0].split(":")) {
                Path file = Path.of(folder, name).toAbsolutePath();
                if (Files.exists(file)) {
                    System.load(file.toString());
                    last = file;
                }
            }
        }
        CudnnQuestions questions = new CudnnQuestions(last);
        System.out.println("version " + questions.number("cudnnGetVersion"));
        System.out.println("CUDA " + questions.number("cudnnGetCudartVersion") / 1000);
        System.out.println("a handle without a driver: " + questions.call("cudnnCreate", questions.place()));
        questions.askLayers();
        questions.askOtherLayers();
        questions.askSequences();
        questions.askStates();
    }

    private long number(String function) {
        return (long) invoke(function, FunctionDescriptor.of(ValueLayout.JAVA_LONG));
    }

    private MemorySegment place() {
        return arena.allocate(ValueLayout.ADDRESS);
    }

    private MemorySegment made(String function) {
        MemorySegment place = place();
        if (call(function, place) != 0) {
            throw new IllegalStateException(function);
        }
        return place.get(ValueLayout.ADDRESS, 0);
    }

    private int call(String name, Object... arguments) {
        MemoryLayout[] layouts = Arrays.stream(arguments)
                .map(argument -> argument instanceof Integer ? ValueLayout.JAVA_INT : ValueLayout.ADDRESS)
                .toArray(MemoryLayout[]::new);
        return (int) invoke(name, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts), arguments);
    }

    private Object invoke(String name, FunctionDescriptor form, Object... arguments) {
        try {
            return Linker.nativeLinker()
                    .downcallHandle(cudnn.find(name).orElseThrow(), form)
                    .invokeWithArguments(arguments);
        } catch (Throwable failure) {
            throw new IllegalStateException(name, failure);
        }
    }

    private void askLayers() {
        for (int algorithm = 0; algorithm < 4; algorithm++) {
            for (int type : new int[] {FLOAT, HALF, BFLOAT16}) {
                for (int sums : new int[] {FLOAT, HALF}) {
                    for (int math : new int[] {0, 1, 3}) {
                        for (int hidden : new int[] {64, 1100}) {
                            for (int direction = 0; direction < 2; direction++) {
                                int status = layer(
                                        algorithm,
                                        LSTM,
                                        DOUBLE_BIAS,
                                        direction,
                                        0,
                                        type,
                                        sums,
                                        math,
                                        32,
                                        hidden,
                                        hidden,
                                        1,
                                        0);
                                System.out.printf(
                                        "layer algorithm %d type %d sums %d math %d H %d direction %d: %d%n",
                                        algorithm, type, sums, math, hidden, direction, status);
                            }
                        }
                    }
                }
            }
        }
    }

    private int layer(
            int algorithm,
            int cell,
            int bias,
            int direction,
            int inputMode,
            int type,
            int sums,
            int math,
            int input,
            int hidden,
            int projection,
            int layers,
            int flags) {
        MemorySegment descriptor = made("cudnnCreateRNNDescriptor");
        int status = call(
                "cudnnSetRNNDescriptor_v8",
                descriptor,
                algorithm,
                cell,
                bias,
                direction,
                inputMode,
                type,
                sums,
                math,
                input,
                hidden,
                projection,
                layers,
                MemorySegment.NULL,
                flags);
        call("cudnnDestroyRNNDescriptor", descriptor);
        return status;
    }

    private void askOtherLayers() {
        for (int cell = -1; cell < 5; cell++) {
            say("cell " + cell, layer(0, cell, DOUBLE_BIAS, 0, 0, FLOAT, FLOAT, 0, 32, 64, 64, 1, 0));
        }
        for (int bias = -1; bias < 5; bias++) {
            say("bias " + bias, layer(0, LSTM, bias, 0, 0, FLOAT, FLOAT, 0, 32, 64, 64, 1, 0));
        }
        for (int projection : new int[] {0, 32, 64, 65}) {
            say(
                    "projection %d of 64".formatted(projection),
                    layer(0, LSTM, DOUBLE_BIAS, 0, 0, FLOAT, FLOAT, 0, 32, 64, projection, 1, 0));
        }
        say("padded", layer(0, LSTM, DOUBLE_BIAS, 0, 0, FLOAT, FLOAT, 0, 32, 64, 64, 1, 1));
        say("two layers", layer(0, LSTM, DOUBLE_BIAS, 0, 0, FLOAT, FLOAT, 0, 32, 64, 64, 2, 0));
        say("no layer", layer(0, LSTM, DOUBLE_BIAS, 0, 0, FLOAT, FLOAT, 0, 32, 64, 64, 0, 0));
        say("no units", layer(0, LSTM, DOUBLE_BIAS, 0, 0, FLOAT, FLOAT, 0, 32, 0, 0, 1, 0));
        say("no inputs", layer(0, LSTM, DOUBLE_BIAS, 0, 0, FLOAT, FLOAT, 0, 0, 64, 64, 1, 0));
        say("no such algorithm", layer(5, LSTM, DOUBLE_BIAS, 0, 0, FLOAT, FLOAT, 0, 32, 64, 64, 1, 0));
        say("no such math", layer(0, LSTM, DOUBLE_BIAS, 0, 0, FLOAT, FLOAT, 4, 32, 64, 64, 1, 0));
    }

    private static void say(String question, int status) {
        System.out.println(question + ": " + status);
    }

    private void askSequences() {
        for (int type : new int[] {FLOAT, HALF, BFLOAT16}) {
            for (int layout = -1; layout < 4; layout++) {
                for (int[] lengths :
                        new int[][] {{5, 5, 5}, {5, 4, 3}, {3, 5, 4}, {5, 3, 0}, {3, 0, 4}, {6, 5, 5}, {5, 5, -1}}) {
                    say(
                            "sequence type %d layout %d lengths %s".formatted(type, layout, Arrays.toString(lengths)),
                            sequence(type, layout, 5, 8, lengths));
                }
            }
        }
        for (int steps : new int[] {0, 1, 65535, 65536}) {
            say(steps + " steps", sequence(FLOAT, 1, steps, 8, Math.max(1, steps), Math.max(1, steps)));
        }
        say("no sequences", sequence(FLOAT, 1, 5, 8));
        say("no width", sequence(FLOAT, 1, 5, 0, 5, 5));
    }

    private int sequence(int type, int layout, int steps, int width, int... lengths) {
        MemorySegment descriptor = made("cudnnCreateRNNDataDescriptor");
        MemorySegment all = arena.allocate(ValueLayout.JAVA_INT, Math.max(1, lengths.length));
        MemorySegment.copy(lengths, 0, all, ValueLayout.JAVA_INT, 0, lengths.length);
        int status = call(
                "cudnnSetRNNDataDescriptor",
                descriptor,
                type,
                layout,
                steps,
                lengths.length,
                width,
                all,
                MemorySegment.NULL);
        call("cudnnDestroyRNNDataDescriptor", descriptor);
        return status;
    }

    /** Tensors as those of h and c. */
    private void askStates() {
        for (int type : new int[] {FLOAT, HALF, BFLOAT16}) {
            for (int dimensions : new int[] {0, 2, 3, 8, 9}) {
                MemorySegment sizes = arena.allocate(ValueLayout.JAVA_INT, 16);
                for (int i = 0; i < 16; i++) {
                    sizes.setAtIndex(ValueLayout.JAVA_INT, i, 1);
                }
                MemorySegment descriptor = made("cudnnCreateTensorDescriptor");
                say(
                        "tensor type %d dimensions %d".formatted(type, dimensions),
                        call("cudnnSetTensorNdDescriptor", descriptor, type, dimensions, sizes, sizes));
            }
        }
    }
}
