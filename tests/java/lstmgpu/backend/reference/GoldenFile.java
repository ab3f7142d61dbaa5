package lstmgpu.backend.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What PyTorch computed; see tests/golden/make_golden.py. */
record GoldenFile(String name, JsonNode content) {
    private static final Path FOLDER = Path.of("tests", "golden");

    static List<GoldenFile> all(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(prefix) && name.endsWith(".json"))
                    .sorted()
                    .map(GoldenFile::read)
                    .toList();
        }
    }

    static GoldenFile read(String name) {
        try {
            return new GoldenFile(
                    name, new ObjectMapper().readTree(FOLDER.resolve(name).toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text(String key) {
        return content.get(key).asText();
    }

    int integer(String key) {
        return content.get(key).asInt();
    }

    double real(String key) {
        return content.get(key).asDouble();
    }

    double[] reals(String key) {
        return reals(content.get(key));
    }

    static double[] reals(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asDouble();
        }
        return values;
    }

    @Override
    public String toString() {
        return name;
    }
}
