package lstmgpu.task.classify;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Tokenizer;

/** Turns documents into tokens, and counts what gets lost on the way. */
public final class DocumentEncoder {
    private static final int MOST_NAMES = 1000;
    private static final int FIRST_ROOM = 1 << 16;

    private final Tokenizer tokenizer;
    private final int maxLength;
    private final Map<String, Long> unknown = new LinkedHashMap<>();
    private long unknownTotal;
    private long cutDocuments;
    private long cutTokens;
    private long allTokens;
    private long allDocuments;

    /** @param maxLength tokens of a document that are kept, from its beginning */
    public DocumentEncoder(Tokenizer tokenizer, int maxLength) {
        this.tokenizer = tokenizer;
        this.maxLength = maxLength;
    }

    /**
     * @param labels null where the documents have none that matter
     * @throws LstmGpuException with exit code 3, naming file and line, if there is no token in a text, a label is none
     *     of these, or all tokens are more than can be counted
     */
    public EncodedDocuments encode(List<Document> documents, Labels labels) {
        int count = documents.size();
        int[] starts = new int[count];
        int[] lengths = new int[count];
        int[] classes = new int[count];
        int[] tokens = new int[FIRST_ROOM];
        int end = 1;
        for (int i = 0; i < count; i++) {
            Document document = documents.get(i);
            int[] ids = kept(document);
            if (ids.length > tokens.length - end) {
                tokens = grown(tokens, end, ids.length, document);
            }
            System.arraycopy(ids, 0, tokens, end, ids.length);
            starts[i] = end;
            lengths[i] = ids.length;
            classes[i] = labels == null ? 0 : labels.of(document);
            end += ids.length;
        }
        return new EncodedDocuments(Arrays.copyOf(tokens, end), starts, lengths, classes);
    }

    private static int[] grown(int[] tokens, int end, int more, Document document) {
        long room = Math.max(2L * tokens.length, (long) end + more);
        long most = Integer.MAX_VALUE - 8;
        if ((long) end + more > most) {
            throw document.row()
                    .unfit(
                            "up to here there are more than %,d tokens; give fewer texts or a smaller --max-length",
                            most);
        }
        return Arrays.copyOf(tokens, (int) Math.min(room, most));
    }

    private int[] kept(Document document) {
        Tokenizer.Encoding encoding = tokenizer.encode(document.text());
        encoding.unknown().forEach((name, times) -> {
            unknownTotal += times;
            if (unknown.containsKey(name) || unknown.size() < MOST_NAMES) {
                unknown.merge(name, (long) times, Long::sum);
            }
        });
        int[] ids = encoding.ids();
        if (ids.length == 0) {
            throw document.row().unfit("the vocabulary has no token for anything in the text; leave the line out");
        }
        allDocuments++;
        allTokens += ids.length;
        if (ids.length <= maxLength) {
            return ids;
        }
        cutDocuments++;
        cutTokens += ids.length - maxLength;
        return Arrays.copyOf(ids, maxLength);
    }

    /** What the vocabulary lacks, with how often it came; not all of very many. */
    public Map<String, Long> unknown() {
        return unknown;
    }

    public long unknownTotal() {
        return unknownTotal;
    }

    /** What was cut off, in a sentence; empty if nothing was. */
    public String cut() {
        return cutDocuments == 0
                ? ""
                : "%s of %,d %s longer than --max-length %d, and %,d of %,d tokens at their ends are left out"
                        .formatted(
                                Count.of(cutDocuments, "text"),
                                allDocuments,
                                cutDocuments == 1 ? "is" : "are",
                                maxLength,
                                cutTokens,
                                allTokens);
    }
}
