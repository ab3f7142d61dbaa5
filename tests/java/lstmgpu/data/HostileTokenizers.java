package lstmgpu.data;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;

/**
 * Uses every {@code tokenizer.json} of a set that was made to run for ever or to fill the memory, and prints a line for
 * each: its name, the exit code or "done", the milliseconds of processor time, and the message.
 */
final class HostileTokenizers {
    private static final String WORDS =
            "{\"type\":\"WordLevel\",\"unk_token\":\"u\",\"vocab\":{\"u\":0,\"a\":1,\" \":2}}";
    private static final String PIECES = "{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"u\",0]%s]}";
    private static final int LONG = 15_000;
    /** Tokens at most of a file that no configuration lies beside. */
    private static final int ALONE = -1;

    /** What is tokenized: long runs, with and without an end that an expression waits for. */
    private static final String TEXT =
            "a".repeat(LONG) + " " + "ab ".repeat(LONG / 3) + " ".repeat(LONG) + "\uFDFA".repeat(999);

    private final Path folder;

    private HostileTokenizers(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException {
        HostileTokenizers hostile = new HostileTokenizers(Path.of(arguments[0]));
        for (Map.Entry<String, String> file : files().entrySet()) {
            hostile.use(file.getKey(), file.getValue());
        }
        hostile.useManyTokens(10_000_000, 65);
        hostile.useManyTokens(700_000, 65);
        hostile.useManyTokens(10_000_000, ALONE);
        hostile.useManyTokens(3_000_000, ALONE);
        hostile.useFilled(
                "lists of nothing", "\"model\":{\"type\":\"BPE\",\"vocab\":{\"t\":0},\"merges\":[", "[[]]", "]}");
        hostile.useFilled("one merge", "\"model\":{\"type\":\"BPE\",\"vocab\":{\"t\":0},\"merges\":[", "\"t t\"", "]}");
        hostile.useFilled("added fields", "\"model\":" + WORDS + ",\"added_tokens\":[", "{\"id\":1,\"a\":[0,0]}", "]");
        for (Map.Entry<String, String> file : repeated().entrySet()) {
            hostile.use(file.getKey(), file.getValue(), "a".repeat(10_000));
            hostile.use(file.getKey(), file.getValue(), "a".repeat(300_000));
        }
        for (Map.Entry<String, String> file : endless().entrySet()) {
            hostile.use(file.getKey(), file.getValue());
        }
    }

    private void use(String name, String json) throws IOException {
        use(name, json, TEXT);
    }

    private void use(String name, String json, String text) throws IOException {
        use(name, Files.writeString(folder.resolve("tokenizer.json"), json), ALONE, text);
    }

    private void use(String name, Path file, int mostTokens, String text) {
        Map<Long, Long> abandoned = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("tokenizer"))
                .collect(Collectors.toMap(Thread::threadId, thread -> processorTime(thread.threadId())));
        long before = processorTime();
        String outcome;
        try {
            Tokenizer tokenizer = mostTokens == ALONE ? TokenizerJson.read(file) : TokenizerJson.read(file, mostTokens);
            Tokenizer.Decoder decoder = tokenizer.decoder();
            for (int id : tokenizer.encode(text).ids()) {
                decoder.next(id);
            }
            outcome = "done\t%d\t";
        } catch (LstmGpuException refusal) {
            outcome =
                    refusal.exitCode().code() + "\t%d\t" + refusal.getMessage().replace("%", "%%");
        }
        System.out.println(
                name + "\t" + outcome.formatted((processorTime() - before - sinceThen(abandoned)) / 1_000_000));
    }

    private static long processorTime() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    /** Negative for a thread that has ended. */
    private static long processorTime(long thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread);
    }

    /** What the threads that earlier files left running have used since. */
    private static long sinceThen(Map<Long, Long> abandoned) {
        return abandoned.entrySet().stream()
                .mapToLong(thread -> Math.max(0, processorTime(thread.getKey()) - thread.getValue()))
                .sum();
    }

    private void useManyTokens(int count, int mostTokens) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("{\"model\":{\"type\":\"BPE\",\"merges\":[],\"vocab\":{\"t\":0");
            for (int id = 1; id < count; id++) {
                out.write(",\"t" + id + "\":" + id);
            }
            out.write("}}}");
        }
        use(count + " tokens", file, mostTokens, TEXT);
    }

    /** An object that has the part again and again, nearly as long as a file may be. */
    private void useFilled(String name, String begin, String part, String end) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("{" + begin + part);
            for (int length = 0; length < 60_000_000; length += part.length() + 1) {
                out.write("," + part);
            }
            out.write(end + "}");
        }
        use(name, file, ALONE, TEXT);
    }

    private static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        String doubled = replace("{\"String\":\"a\"}", "aa");
        normalizer(files, "40 doublings", sequence(40, doubled));
        normalizer(files, "30 replacements of nothing", sequence(30, replace("{\"String\":\"\"}", "ab")));
        normalizer(files, "replacement of 8 MB", replace("{\"String\":\"a\"}", "x".repeat(8 << 20)));
        normalizer(files, "longest replacement", replace("{\"String\":\"a\"}", "x".repeat(10_000)));
        normalizer(files, "prefix of 8 MB", "{\"type\":\"Prepend\",\"prepend\":\"" + "x".repeat(8 << 20) + "\"}");
        normalizer(
                files, "decompositions", sequence(9, replace("{\"String\":\"a\"}", "\uFDFA"), "{\"type\":\"NFKD\"}"));
        normalizer(files, "spaced ideographs", sequence(999, "{\"type\":\"BertNormalizer\"}"));
        normalizer(files, "letters of letters", sequence(99, "{\"type\":\"ByteLevel\"}"));
        normalizer(files, "endless table", "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"" + table() + "\"}");
        normalizer(files, "expression in a normalizer", replace("{\"Regex\":\"(a*)*b\\\\1c\"}", "x"));
        for (String regex : new String[] {
            "(.*a){25}b",
            "(a*)*\\1b",
            "(a+)+b\\1",
            "(.|\\n)*z",
            "(?:a?|b?)".repeat(40) + "c",
            "(?<=(a{0,99}){0,99})c",
            "(".repeat(2000) + "a" + ")".repeat(2000),
            "(?=(a+)+$)(a|aa)+\\b{g}c"
        }) {
            preTokenizer(files, "Split by " + WordSplitter.shortened(regex), split(regex));
        }
        preTokenizer(files, "long expression", split("a?".repeat(2100)));
        preTokenizer(files, "empty delimiter", "{\"type\":\"CharDelimiterSplit\",\"delimiter\":\"\"}");
        preTokenizer(files, "99 ByteLevels", list("pretokenizers", 99, "{\"type\":\"ByteLevel\"}"));
        preTokenizer(files, "deep sequences", nested(900, "{\"type\":\"Whitespace\"}"));
        preTokenizer(files, "unknown part with a long name", "{\"type\":\"" + "x".repeat(9_000) + "\"}");
        preTokenizer(files, "mark of 1 MB", "{\"type\":\"Metaspace\",\"replacement\":\"" + "x".repeat(1 << 20) + "\"}");
        decoder(files, "Strip of nothing", "{\"type\":\"Strip\",\"content\":\"\",\"start\":1,\"stop\":0}");
        decoder(files, "Strip of much", "{\"type\":\"Strip\",\"content\":\"a\",\"start\":2147483647,\"stop\":0}");
        decoder(files, "doublings of a token", list("decoders", 40, doubled));
        file(files, "token of 1 MB", "", PIECES.formatted(",[\"" + "a".repeat(1 << 20) + "\",-1]"), "");
        file(files, "tokens within tokens", "", PIECES.formatted(within(4000)), "");
        file(files, "words of any length", "", wordPiece(), "");
        file(
                files,
                "spaces that begin spaces",
                ",\"added_tokens\":[{\"id\":3,\"content\":\" \",\"rstrip\":true}]",
                WORDS,
                "");
        file(files, "long suffix", "", pairs("x".repeat(9_999)), "");
        file(files, "text behind the end", "", WORDS, " {}");
        file(files, "deep lists", ",\"padding\":" + "[".repeat(100_000), WORDS, "");
        file(files, "many numbers", ",\"padding\":[" + "1,".repeat(5_000_000) + "1]", WORDS, "");
        return files;
    }

    /** What goes over the same characters again and again, or seldom looks at one. */
    private static Map<String, String> repeated() {
        Map<String, String> files = new LinkedHashMap<>();
        for (String regex : new String[] {
            "(.*a){25}b",
            "(a*)*\\1b",
            "(a+)+b\\1",
            "((((a{0,100}){0,100}){0,100}){0,100})b",
            "(?:(?:(?=)){1000}){1000}b",
            "(?:(?:(?=)){3000}){3000}b"
        }) {
            preTokenizer(files, "Split by " + regex + " of a run", split(regex));
        }
        return files;
    }

    /** What computes without looking at a character: it is left running. */
    private static Map<String, String> endless() {
        Map<String, String> files = new LinkedHashMap<>();
        preTokenizer(files, "empty groups", split("((){50000}){50000}x"));
        decoder(files, "expression in a decoder", replace("{\"Regex\":\"^a?" + "(?:c?|d?)".repeat(40) + "e\"}", "x"));
        return files;
    }

    private static void file(Map<String, String> files, String name, String fields, String model, String end) {
        files.put(name, "{\"model\":%s%s}%s".formatted(model, fields, end));
    }

    private static void normalizer(Map<String, String> files, String name, String part) {
        file(files, name, ",\"normalizer\":" + part, WORDS, "");
    }

    private static void preTokenizer(Map<String, String> files, String name, String part) {
        file(files, name, ",\"pre_tokenizer\":" + part, WORDS, "");
    }

    private static void decoder(Map<String, String> files, String name, String part) {
        file(files, name, ",\"pre_tokenizer\":" + split(".") + ",\"decoder\":" + part, WORDS, "");
    }

    private static String replace(String pattern, String content) {
        return "{\"type\":\"Replace\",\"pattern\":%s,\"content\":\"%s\"}".formatted(pattern, content);
    }

    private static String split(String regex) {
        return "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"%s\"},\"behavior\":\"Isolated\",\"invert\":false}"
                .formatted(regex.replace("\\", "\\\\"));
    }

    private static String sequence(int count, String... parts) {
        return list("normalizers", count, parts);
    }

    private static String list(String field, int count, String... parts) {
        String all = String.join(",", Collections.nCopies(count, String.join(",", parts)));
        return "{\"type\":\"Sequence\",\"%s\":[%s]}".formatted(field, all);
    }

    private static String nested(int depth, String part) {
        return "{\"type\":\"Sequence\",\"pretokenizers\":[".repeat(depth / 2) + part + "]}".repeat(depth / 2);
    }

    /** A trie whose only key is the letter a, and a text without an end. */
    private static String table() {
        byte[] table = new byte[4 + 4 * 1024 + (1 << 20)];
        java.util.Arrays.fill(table, 4 + 4 * 1024, table.length, (byte) 'x');
        java.nio.ByteBuffer units = java.nio.ByteBuffer.wrap(table).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        units.putInt(0, 4 * 1024);
        units.putInt(4, 1 << 10);
        units.putInt(4 + 4 * (1 ^ 'a'), 'a' | 1 << 8 | 2 << 10);
        return Base64.getEncoder().encodeToString(table);
    }

    private static String within(int count) {
        return IntStream.range(1, count)
                .mapToObj(length -> ",[\"" + "a".repeat(length) + "\",-1]")
                .collect(Collectors.joining());
    }

    private static String wordPiece() {
        return "{\"type\":\"WordPiece\",\"unk_token\":\"u\",\"max_input_chars_per_word\":1048576,"
                + "\"continuing_subword_prefix\":\"" + "#".repeat(9000) + "\",\"vocab\":{\"u\":0,\"a\":1,\""
                + "#".repeat(9000) + "a\":2}}";
    }

    private static String pairs(String suffix) {
        return "{\"type\":\"BPE\",\"merges\":[],\"continuing_subword_prefix\":\"%s\",\"vocab\":{\"a\":0}}"
                .formatted(suffix);
    }
}
