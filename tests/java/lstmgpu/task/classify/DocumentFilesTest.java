package lstmgpu.task.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentFilesTest {
    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private List<Document> labelled(String name, String text) throws IOException {
        return DocumentFiles.labelled(List.of(file(name, text)), DocumentColumns.DEFAULT);
    }

    private List<String> texts(String name, String text) throws IOException {
        return DocumentFiles.texts(List.of(file(name, text)), DocumentColumns.DEFAULT).stream()
                .map(Document::text)
                .toList();
    }

    @Test
    void csvAndJsonLinesGiveTheSame() throws IOException {
        List<Document> csv = labelled("a.csv", "label;text\na;\"one; \"\"two\"\"\nthree\"\n\n1;four\n");
        List<Document> json = labelled("a.jsonl", """
            \uFEFF{"text":"one; \\"two\\"\\nthree","label":"a","more":[1]}

            {"label":1,"text":"four"}
            """);
        assertEquals(
                List.of("one; \"two\"\nthree", "four"),
                csv.stream().map(Document::text).toList());
        assertEquals(List.of("a", "1"), csv.stream().map(Document::label).toList());
        assertEquals(
                csv.stream().map(d -> d.text() + d.label()).toList(),
                json.stream().map(d -> d.text() + d.label()).toList());
        assertEquals(5, csv.get(1).row().line());
        assertEquals(3, json.get(1).row().line());
    }

    @Test
    void textsComeFromTablesObjectsAndLines() throws IOException {
        assertEquals(List.of("x y"), texts("a.csv", "n,text\n1,x y\n"));
        assertEquals(List.of("x y"), texts("a", "n,text\n1,x y\n"));
        assertEquals(List.of("x y"), texts("b", "{\"text\":\"x y\"}\n"));
        assertEquals(List.of("one, two", "three"), texts("c.txt", "one, two\n\nthree\n"));
    }

    private void refused(String name, String text, String... parts) throws IOException {
        Path path = file(name, text);
        LstmGpuException failure = assertThrows(
                LstmGpuException.class,
                () -> Labels.of(DocumentFiles.labelled(List.of(path), DocumentColumns.DEFAULT)));
        assertEquals(ExitCode.DATA, failure.exitCode());
        for (String part : parts) {
            assertTrue(failure.getMessage().contains(part), failure.getMessage());
        }
        assertTrue(failure.getMessage().contains(name), failure.getMessage());
    }

    @Test
    void whatIsWrongIsNamedWithFileAndLine() throws IOException {
        refused("a.csv", "text,kind\nx,a\n", "line 1", "'label'", "--label-column", "'kind'");
        refused("b.csv", "text,label\nx,a\ny\n", "line 3", "1 field");
        refused("c.csv", "text,label\nx,a\ny,a\n", "line 2", "'a'", "two classes");
        refused("d.csv", "text,label\nx,a\n  ,b\n", "line 3", "the text is empty");
        refused("e.csv", "text,label\nx,\n", "line 2", "the label is empty");
        refused("f.jsonl", "{\"text\":\"x\",\"label\":\"a\"}\n{\"text\":\"x\"}\n", "line 2", "'label'", "'text'");
        refused("g.jsonl", "{\"text\":[\"x\"],\"label\":\"a\"}\n", "line 1", "'text' is array");
        refused("h.jsonl", "{\"text\":\"x\",\"label\":\"a\"}\n{\"text\":\n", "line 2", "no JSON object");
        refused("i.jsonl", "{\"text\":\"x\",\"label\":\"a\"}\n[1]\n", "line 2", "no JSON object");
        refused("j.jsonl", "{\"text\":\"\\ud800\",\"label\":\"a\"}\n", "line 1", "half of a character");
        refused("k.jsonl", "{\"text\":\"x\",\"text\":\"y\",\"label\":\"a\"}\n", "line 1", "Duplicate");
        refused("l.csv", "text,label\n", "no text");
    }

    @Test
    void aLabelThatTrainingLackedIsNamedWithFileAndLine() throws IOException {
        Labels labels = Labels.of(labelled("a.csv", "text,label\nx,b\ny,a\nz,b\n"));
        assertEquals(List.of("a", "b"), labels.names());
        Document other = labelled("b.csv", "text,label\nx,a\ny,c\n").get(1);
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> labels.of(other));
        assertEquals(ExitCode.DATA, failure.exitCode());
        assertTrue(
                failure.getMessage().matches(".*b\\.csv, line 3: the label 'c' was never seen.*'a', 'b'"),
                failure.getMessage());
    }
}
