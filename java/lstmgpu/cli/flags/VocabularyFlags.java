package lstmgpu.cli.flags;

import java.util.Iterator;
import lstmgpu.data.Vocabulary;
import lstmgpu.runs.VocabularyChoice;
import picocli.CommandLine.Option;

/** Which tokens there are. */
@FlagSection("Text")
public final class VocabularyFlags {
    /** The tokenizers that this program makes itself. */
    static final class Kinds implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Vocabulary.KINDS.iterator();
        }
    }

    @Option(
            names = "--tokenizer",
            paramLabel = "NAME",
            completionCandidates = Kinds.class,
            description = "byte (any file), char, word or bpe (UTF-8 text), or a Hugging Face tokenizer.json. Default:"
                    + " char, and word to classify.")
    String tokenizer;

    @Option(
            names = "--vocab-size",
            paramLabel = "N",
            description = "Keep only the N most frequent tokens; learn N with bpe. Default: all, and 1024 with bpe.")
    Integer vocabularySize;

    @Option(
            names = "--min-freq",
            paramLabel = "N",
            description = "Keep only tokens that come N times. Default: 1, and 2 to classify by words.")
    Integer minFrequency;

    public VocabularyChoice choice() {
        return new VocabularyChoice(tokenizer, vocabularySize, minFrequency);
    }
}
