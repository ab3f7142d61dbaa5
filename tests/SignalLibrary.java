import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Puts libjsig.so of the JDK that runs this, which is that of the tests, where their preloading expects it. */
class SignalLibrary {
    public static void main(String[] arguments) throws IOException {
        Path library = Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
        Files.copy(library, Path.of(arguments[0]), StandardCopyOption.REPLACE_EXISTING);
    }
}
