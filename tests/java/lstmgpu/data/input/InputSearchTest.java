package lstmgpu.data.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputSearchTest {
    @TempDir
    Path root;

    private final List<String> said = new ArrayList<>();
    private Path books;

    @BeforeEach
    void fill() throws IOException {
        books = Files.createDirectories(root.resolve("books"));
        for (String name : List.of(
                "b.txt",
                "a.txt",
                "c/d/e.txt",
                "c/f.txt.gz",
                "c/g.md",
                "h.TXT.zst",
                ".hidden.txt",
                ".git/i.txt",
                "j.txt.bak")) {
            Path file = books.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
    }

    private List<String> found(String include, Path input) {
        return new InputSearch(include, "--include")
                .files(List.of(input), said::add).stream()
                        .map(file -> root.relativize(file).toString())
                        .toList();
    }

    private LstmGpuException refused(String include, Path input) {
        return assertThrows(LstmGpuException.class, () -> found(include, input));
    }

    @Test
    void aFolderIsItsTextsInTheOrderOfTheirNamesAndWhatIsHiddenIsSaid() {
        assertEquals(
                List.of("books/a.txt", "books/b.txt", "books/c/d/e.txt", "books/c/f.txt.gz"), found("*.txt", books));
        assertEquals(
                List.of(books + ": what is hidden is left out: " + books + "/.git, " + books + "/.hidden.txt"), said);
    }

    @Test
    void includeSaysWhichFilesByNameOrByWay() {
        assertEquals(List.of("books/c/g.md"), found("*.md", books));
        assertEquals(List.of("books/c/f.txt.gz"), found("*.gz", books));
        assertEquals(
                List.of("books/c/d/e.txt", "books/c/f.txt.gz"),
                found("c/**", books).stream()
                        .filter(name -> !name.endsWith("md"))
                        .toList());
        LstmGpuException none = refused("*.epub", books);
        assertEquals(3, none.exitCode().code());
        assertTrue(none.getMessage().contains("--include GLOB"), none.getMessage());
        assertTrue(none.getMessage().contains("such as a.txt"), none.getMessage());
        assertEquals(2, refused("*.{txt", books).exitCode().code());
    }

    @Test
    void aPatternInQuotesIsFilesAsAShellFindsThem() {
        assertEquals(List.of("books/a.txt", "books/b.txt"), found("*.x", books.resolve("*.txt")));
        assertEquals(List.of("books/a.txt", "books/b.txt", "books/c/d/e.txt"), found("*.x", books.resolve("**/*.txt")));
        assertEquals(List.of("books/c/d/e.txt"), found("*.x", root.resolve("b*/**/d/**/*.txt")));
        assertEquals(List.of("books/.hidden.txt"), found("*.x", books.resolve(".h*")));
        assertEquals(3, refused("*.x", books.resolve("*.epub")).exitCode().code());
        assertEquals(3, refused("*.x", root.resolve("none/*.txt")).exitCode().code());
    }

    @Test
    void aFileThatHasThatNameIsThatFile() throws IOException {
        Path odd = Files.writeString(books.resolve("[a].txt"), "x");
        assertEquals(List.of("books/[a].txt"), found("*.txt", odd));
    }

    @Test
    void linksOutOfTheFolderAreLeftOutAndSaid() throws IOException {
        Path outside = Files.writeString(root.resolve("secret.txt"), "x");
        Files.createSymbolicLink(books.resolve("k.txt"), outside);
        Files.createSymbolicLink(books.resolve("l"), root);
        Files.createSymbolicLink(books.resolve("m.txt"), books.resolve("gone"));
        Files.createSymbolicLink(books.resolve("n.txt"), Path.of("a.txt"));
        Files.createSymbolicLink(books.resolve("o.txt"), Path.of("c/g.md"));
        List<String> names = found("*.txt", books);
        assertEquals(
                List.of("books/a.txt", "books/b.txt", "books/c/d/e.txt", "books/c/f.txt.gz", "books/o.txt"), names);
        assertTrue(
                said.getLast().contains("3 links lead out of the folder or to another folder and are left out: "),
                said.toString());
        Path link = Files.createSymbolicLink(root.resolve("link"), books);
        assertEquals(names.size(), found("*.txt", link).size());
        assertTrue(Stream.of("k.txt", "m.txt", "/l").allMatch(said.getLast()::contains), said.toString());
    }
}
