package lstmgpu.backend.kernels;

import java.lang.foreign.MemorySegment;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.TokenCorpus;

/** A text in the device's memory, as raw bytes. */
final class KernelCorpus implements TokenCorpus {
    private final KernelDevice device;
    private final KernelBuffer words;
    private final int bytesPerToken;
    private final long length;

    KernelCorpus(KernelDevice device, MemorySegment tokens, int bytesPerToken) {
        if (bytesPerToken != 1 && bytesPerToken != 2 && bytesPerToken != 4) {
            throw new IllegalArgumentException("a token has 1, 2 or 4 bytes, not " + bytesPerToken);
        }
        if (tokens.byteSize() % bytesPerToken != 0) {
            throw new IllegalArgumentException(
                    tokens.byteSize() + " bytes are no whole number of tokens of " + bytesPerToken + " bytes");
        }
        this.device = device;
        this.bytesPerToken = bytesPerToken;
        this.length = tokens.byteSize() / bytesPerToken;
        this.words = alloc(tokens.byteSize());
        device.upload(tokens, words);
    }

    private KernelBuffer alloc(long bytes) {
        try {
            return device.alloc(ElementType.INT32, (bytes + Integer.BYTES - 1) / Integer.BYTES);
        } catch (LstmGpuException e) {
            if (e.exitCode() != ExitCode.MEMORY) {
                throw e;
            }
            throw new LstmGpuException(
                    ExitCode.MEMORY,
                    "the text, %,d bytes of tokens, does not fit into the memory of %s beside what is there; train on less of it, or with --device cpu"
                            .formatted(bytes, device.info().name()),
                    e);
        }
    }

    /**
     * The text as 32-bit words.
     *
     * @throws IllegalArgumentException if it lies on another device
     * @throws IllegalStateException if it is closed
     */
    @SuppressWarnings("ReferenceEquality")
    KernelBuffer words(KernelDevice reader) {
        if (reader != device) {
            throw new IllegalArgumentException("the corpus is not one of this backend");
        }
        return KernelArguments.ints(words, 0, "the corpus");
    }

    int bytesPerToken() {
        return bytesPerToken;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void close() {
        words.close();
    }
}
