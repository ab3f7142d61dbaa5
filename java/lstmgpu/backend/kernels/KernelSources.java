package lstmgpu.backend.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a file of kernels as it is in the program, and of the headers it includes.
 *
 * @param name of the file, with its ending
 * @param headers by the name in the include, in the order of first use
 */
public record KernelSources(String name, String text, Map<String, String> headers) {
    private static final Pattern INCLUDE = Pattern.compile("^\\s*#\\s*include\\s+\"([^\"]+)\"", Pattern.MULTILINE);

    /**
     * @param file the name without its ending, below {@code kernels/}
     * @throws IllegalArgumentException if there is no such file
     */
    public static KernelSources of(String file) {
        String name = file + ".cu";
        String text = read(name);
        if (text == null) {
            throw new IllegalArgumentException("there is no kernels/" + name);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        addHeaders(text, headers);
        return new KernelSources(name, text, headers);
    }

    /** What a name does not lead to belongs to another dialect. */
    private static void addHeaders(String text, Map<String, String> headers) {
        Matcher includes = INCLUDE.matcher(text);
        while (includes.find()) {
            String name = includes.group(1);
            String header = headers.containsKey(name) ? null : read(name);
            if (header != null) {
                headers.put(name, header);
                addHeaders(header, headers);
            }
        }
    }

    /** Everything that decides what a compiler makes of it. */
    public byte[] identity() {
        StringBuilder all = new StringBuilder(name).append('\n').append(text);
        headers.forEach((header, content) ->
                all.append('\n').append(header).append('\n').append(content));
        return all.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The text with its headers in place of the includes, for compilers that are given no folder. */
    public String inlined() {
        return inlined(name, text, new HashSet<>());
    }

    /** Each header once: all of them are guarded. */
    private String inlined(String file, String content, Set<String> done) {
        StringBuilder whole = new StringBuilder();
        int line = 0;
        for (String each : content.lines().toList()) {
            line++;
            Matcher include = INCLUDE.matcher(each);
            if (!include.lookingAt() || !headers.containsKey(include.group(1))) {
                whole.append(each).append('\n');
            } else if (done.add(include.group(1))) {
                String header = include.group(1);
                whole.append("#line 1 \"%s\"\n".formatted(header));
                whole.append(inlined(header, headers.get(header), done));
                whole.append("#line " + (line + 1) + " \"" + file + "\"\n");
            } else {
                whole.append('\n');
            }
        }
        return whole.toString();
    }

    private static String read(String name) {
        try (InputStream resource = KernelSources.class.getResourceAsStream("/kernels/" + name)) {
            return resource == null ? null : new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
