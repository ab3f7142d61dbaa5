package lstmgpu.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Which files a model consists of just now. Every file is replaced as a whole, so that another one has another number,
 * time or size, also where the whole folder was exchanged.
 *
 * @param seen of every file that decides what the model answers
 */
public record SeenFiles(List<String> seen) {
    /** What is there at the moment. */
    public static SeenFiles of(Path folder) {
        List<String> seen = new ArrayList<>();
        for (ModelFile file : ModelFile.ANSWERING) {
            try {
                BasicFileAttributes found =
                        Files.readAttributes(file.in(folder), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                seen.add("%s %s %d %s".formatted(file, found.fileKey(), found.size(), found.lastModifiedTime()));
            } catch (IOException absent) {
                seen.add(file + " -");
            }
        }
        return new SeenFiles(List.copyOf(seen));
    }
}
