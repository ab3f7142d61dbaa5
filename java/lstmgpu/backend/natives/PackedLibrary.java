package lstmgpu.backend.natives;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.PrivateFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A native library on the class path, and what of it lies in a folder.
 *
 * @param identity tells it from every other: its name, its size and the check sum that the jar keeps
 */
record PackedLibrary(String name, URL content, String identity) {
    private static final Logger LOG = LoggerFactory.getLogger(PackedLibrary.class);
    private static final Duration STALE = Duration.ofDays(1);
    private static final int BLOCK_BYTES = 1 << 16;

    static PackedLibrary of(String resource) throws IOException {
        URL content = find(resource);
        if (content == null) {
            throw new FileNotFoundException("this build does not have it");
        }
        String name = resource.substring(resource.lastIndexOf('/') + 1);
        URLConnection connection = content.openConnection();
        if (connection instanceof JarURLConnection jar) {
            JarEntry entry = jar.getJarEntry();
            return new PackedLibrary(
                    name, content, String.format(Locale.ROOT, "%s %d %08x\n", name, entry.getSize(), entry.getCrc()));
        }
        return new PackedLibrary(name, content, name + " " + sum(content.openStream()) + "\n");
    }

    /**
     * Where it is, or null: in this program, on the class path, or in a jar on the module path that nobody requires.
     */
    static URL find(String resource) {
        URL own = PackedLibrary.class.getResource(resource);
        URL others = own != null ? own : PackedLibrary.class.getClassLoader().getResource(resource.substring(1));
        return others != null ? others : onModulePath(resource.substring(1));
    }

    private static URL onModulePath(String resource) {
        String path = System.getProperty("jdk.module.path", "");
        if (path.isEmpty()) {
            return null;
        }
        Path[] entries = Stream.of(path.split(File.pathSeparator)).map(Path::of).toArray(Path[]::new);
        for (ModuleReference module : ModuleFinder.of(entries).findAll()) {
            try (ModuleReader reader = module.open()) {
                Optional<URI> found = reader.find(resource);
                if (found.isPresent()) {
                    return found.get().toURL();
                }
            } catch (IOException unreadable) {
                LOG.info("{}: {}", module.location().orElse(null), unreadable.getMessage());
            }
        }
        return null;
    }

    /** For libraries that belong together. */
    static String folderName(List<PackedLibrary> libraries) {
        MessageDigest digest = sha256();
        libraries.forEach(library -> digest.update(library.identity.getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * The file, which is what was packed: its SHA-256 was found right and it has not been touched since, or is found
     * right now, or it is written anew.
     *
     * @throws IOException if it cannot be written or read
     */
    Path unpackInto(Path folder) throws IOException {
        Path file = folder.resolve(name);
        Path proof = folder.resolve(name + ".sha256");
        if (isProven(file, proof)) {
            return file;
        }
        String sum = sum(content.openStream());
        if (!isOwn(file) || !sum(Files.newInputStream(file)).equals(sum)) {
            write(file);
            if (!sum(Files.newInputStream(file)).equals(sum)) {
                throw new IOException("it cannot be read back as it was written");
            }
        }
        try {
            AtomicFiles.writeText(proof, sum + "\n" + identity + state(file) + "\n");
        } catch (LstmGpuException unwritable) {
            LOG.info("{} is checked at every start: {}", file, unwritable.getMessage());
        }
        return file;
    }

    private boolean isProven(Path file, Path proof) {
        try {
            return isOwn(file) && isOwn(proof) && Files.readString(proof).endsWith(identity + state(file) + "\n");
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** Whoever else can write it could do so after it was compared. */
    private static boolean isOwn(Path file) {
        return PrivateFolder.holdsOwn(file);
    }

    /** Another one after every change: the time of the last change cannot be set by whoever changes a file. */
    private static String state(Path file) throws IOException {
        var facts = Files.readAttributes(file, "unix:ino,size,ctime", LinkOption.NOFOLLOW_LINKS);
        return "%s %s %s".formatted(facts.get("size"), facts.get("ino"), facts.get("ctime"));
    }

    private void write(Path file) throws IOException {
        try {
            AtomicFiles.sweep(file.getParent(), STALE);
            AtomicFiles.write(file, out -> {
                try (InputStream in = content.openStream()) {
                    in.transferTo(out);
                }
            });
        } catch (LstmGpuException unwritable) {
            throw unwritable.getCause() instanceof IOException reason ? reason : new IOException(unwritable);
        }
    }

    private static String sum(InputStream content) throws IOException {
        MessageDigest digest = sha256();
        try (content) {
            byte[] block = new byte[BLOCK_BYTES];
            for (int count = content.read(block); count >= 0; count = content.read(block)) {
                digest.update(block, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
