package lstmgpu.serve.runs;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import lstmgpu.files.RegularFile;

/**
 * The process that trains in a folder. It is read off the system's list of locks, since trying to take the lock could
 * keep a trainer out that begins at that moment.
 *
 * @param process its number
 * @param certain whether the folder's lock file names it too, so that it is no other folder's process
 */
record LockHolder(long process, boolean certain) {
    private static final Path LOCKS = Path.of("/proc/locks");
    private static final String LOCK_FILE = ".lock";
    private static final int NAME_BYTES = 64;
    private static final Pattern LOCK =
            Pattern.compile("\\d+: (?:FLOCK|POSIX) +\\w+ +WRITE +(\\d+) ([0-9a-f]+):([0-9a-f]+):(\\d+) .*");

    /** Who trains there; empty if nobody does, or where the system has no such list. */
    static Optional<LockHolder> of(Path folder) {
        Set<String> own = new TreeSet<>();
        Set<Long> numbers = new TreeSet<>();
        for (Path locked : new Path[] {folder, folder.resolve(LOCK_FILE)}) {
            try {
                long device = ((Number) Files.getAttribute(locked, "unix:dev")).longValue();
                long number = ((Number) Files.getAttribute(locked, "unix:ino")).longValue();
                own.add(major(device) + ":" + minor(device) + ":" + number);
                numbers.add(number);
            } catch (IOException | UnsupportedOperationException absent) {
                // Then nobody has locked it.
            }
        }
        return numbers.isEmpty() ? Optional.empty() : holder(own, numbers, named(folder.resolve(LOCK_FILE)));
    }

    private static Optional<LockHolder> holder(Set<String> own, Set<Long> numbers, long named) {
        LockHolder found = null;
        try (Stream<String> locks = Files.lines(LOCKS)) {
            for (String line : (Iterable<String>) locks::iterator) {
                Matcher lock = LOCK.matcher(line);
                if (!lock.matches() || !numbers.contains(Long.parseLong(lock.group(4)))) {
                    continue;
                }
                long process = Long.parseLong(lock.group(1));
                String place = Long.parseLong(lock.group(2), 16) + ":" + Long.parseLong(lock.group(3), 16) + ":"
                        + lock.group(4);
                // Some file systems tell processes another device than they write into this list.
                boolean certain = process == named && process > 0;
                if (certain || own.contains(place) && found == null) {
                    found = new LockHolder(process, certain);
                }
            }
        } catch (IOException absent) {
            return Optional.empty();
        }
        return Optional.ofNullable(found);
    }

    /** Only a file of this user's own is believed: that of another one could name any process. */
    private static long named(Path file) {
        try {
            if (Files.isSymbolicLink(file) || owner(file) != new UnixSystem().getUid()) {
                return 0;
            }
            String text = new String(RegularFile.bytes(file, NAME_BYTES), StandardCharsets.US_ASCII).strip();
            return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
        } catch (LstmGpuException | IOException | UnsupportedOperationException unreadable) {
            return 0;
        }
    }

    private static long owner(Path file) throws IOException {
        return ((Number) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)).longValue();
    }

    private static long major(long device) {
        return device >> 8 & 0xfff;
    }

    private static long minor(long device) {
        return device & 0xff | device >> 12 & 0xfff00;
    }

    /** Whether it is another process, of this user, so that it may be asked to stop. */
    boolean isOwn() {
        if (!certain || process == ProcessHandle.current().pid()) {
            return false;
        }
        try {
            return owner(Path.of("/proc", Long.toString(process))) == new UnixSystem().getUid();
        } catch (IOException gone) {
            return false;
        }
    }
}
