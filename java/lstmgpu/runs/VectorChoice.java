package lstmgpu.runs;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.InputFiles;
import lstmgpu.task.WordVectors;

/** Vectors of words that an embedding is to begin with. */
final class VectorChoice {
    private VectorChoice() {}

    /**
     * The vectors of a tokenizer's tokens; null for no file.
     *
     * @throws LstmGpuException with exit code 3 if the file cannot be read or has the vector of no token
     */
    static WordVectors read(Path file, Tokenizer tokenizer) {
        if (file == null) {
            return null;
        }
        InputFiles.check(List.of(file));
        return WordVectors.read(file, tokenizer);
    }

    /** How many tokens have a vector, in a sentence. */
    static String found(Path file, WordVectors vectors) {
        return "%s: vectors of %,d numbers for %,d of %s; the others are drawn"
                .formatted(file.getFileName(), vectors.size(), vectors.found(), Count.of(vectors.tokens(), "token"));
    }

    /** Refuses an embedding of another size than the vectors have; 0 for no vectors. */
    static void requireSize(Path file, int vectorSize, int embeddingSize) {
        if (vectorSize > 0 && embeddingSize != vectorSize) {
            throw LstmGpuException.usage(
                    "--embedding-size %d contradicts the vectors of %d numbers in %s; leave it out",
                    embeddingSize, vectorSize, file);
        }
    }
}
