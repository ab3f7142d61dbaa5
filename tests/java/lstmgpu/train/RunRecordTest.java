package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run that was given up tells of its user. */
class RunRecordTest {
    @Test
    void theReasonOfAFailureNamesNoFolderOfTheUser(@TempDir Path folder) {
        String before = System.getProperty("user.home");
        System.setProperty("user.home", "/home/person");
        try (ModelDirectory directory = ModelDirectory.create(folder.resolve("model"), false)) {
            String reason = "/home/person/texts/book.txt changed; %s/run.json stays".formatted(directory.path());
            new RunRecord(directory).failed(reason);
            assertEquals(
                    "~/texts/book.txt changed; run.json stays",
                    directory.run().get("reason").asText());
        } finally {
            System.setProperty("user.home", before);
        }
    }
}
