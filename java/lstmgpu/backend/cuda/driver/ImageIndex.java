package lstmgpu.backend.cuda.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

/**
 * What the images in the program were compiled for: {@code kernels/images.properties}, which CMakeLists.txt writes
 * beside them.
 *
 * @param toolkit the CUDA of the compiler, as 1000·major + 10·minor; 0 if there are no images
 * @param targets machine code (sm_90a, sm_100) and PTX (compute_80)
 */
public record ImageIndex(int toolkit, List<String> targets) {
    static ImageIndex ofProgram() {
        try (InputStream resource = ImageIndex.class.getResourceAsStream("/kernels/images.properties")) {
            if (resource == null) {
                return new ImageIndex(0, List.of());
            }
            Properties index = new Properties();
            index.load(resource);
            String[] version = index.getProperty("cuda", "0.0").split("\\.");
            return new ImageIndex(
                    1000 * Integer.parseInt(version[0]) + 10 * Integer.parseInt(version[1]),
                    List.of(index.getProperty("targets", "").split(" ")));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    boolean isEmpty() {
        return toolkit == 0;
    }

    /**
     * Whether a GPU of that compute capability runs the images under that driver. A driver runs machine code and PTX of
     * compilers up to its own major version.
     *
     * @param driver the CUDA of the driver, as 1000·major + 10·minor; 0 if unknown
     */
    boolean covers(int major, int minor, int driver) {
        boolean isNewEnough = driver == 0 || driver / 1000 >= toolkit / 1000;
        return !isEmpty() && isNewEnough && targets.stream().anyMatch(target -> runsOn(target, major, minor));
    }

    /** sm_86 runs on 8.6 and 8.9, sm_90a on 9.0 only, compute_80 on everything from 8.0 on. */
    private static boolean runsOn(String target, int major, int minor) {
        boolean exact = target.endsWith("a");
        String number = target.substring(target.indexOf('_') + 1, target.length() - (exact ? 1 : 0));
        int made = Integer.parseInt(number);
        int asked = 10 * major + minor;
        if (target.startsWith("compute_")) {
            return asked >= made;
        }
        return exact ? asked == made : asked / 10 == made / 10 && asked >= made;
    }
}
