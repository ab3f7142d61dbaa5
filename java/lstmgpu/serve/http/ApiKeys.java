package lstmgpu.serve.http;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import lstmgpu.LstmGpuException;
import lstmgpu.ShellWord;
import lstmgpu.files.PrivateFolder;
import lstmgpu.files.RegularFile;

/**
 * The keys of which a client has to show one, as {@code Authorization: Bearer KEY}. Kept as digests, and compared in
 * the same time whatever a client sends.
 */
public final class ApiKeys {
    /** Nobody needs a key. */
    public static final ApiKeys NONE = new ApiKeys(List.of());

    private static final int MOST_BYTES = 1 << 16;
    private static final int SHORTEST = 8;
    private static final int NAME_BYTES = 8;
    private static final String SCHEME = "bearer ";

    private final List<byte[]> digests;

    private ApiKeys(List<byte[]> digests) {
        this.digests = digests;
    }

    /**
     * A key on every line; empty lines, and those that begin with #, are left out.
     *
     * @throws LstmGpuException with exit code 2 if others can read or change the file, or it holds no key that is
     *     long enough to be one
     */
    public static ApiKeys read(Path file) {
        if (!PrivateFolder.keepsSecret(file)) {
            throw LstmGpuException.usage(
                    "--api-key-file %s is not a file that only you can read and change; make it so: chmod 600 %s",
                    file, ShellWord.of(file));
        }
        String text = new String(RegularFile.bytes(file, MOST_BYTES), StandardCharsets.UTF_8);
        List<String> keys = text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        if (keys.isEmpty() || keys.stream().anyMatch(key -> key.length() < SHORTEST)) {
            throw LstmGpuException.usage(
                    "--api-key-file %s: give a key of %d characters or more on every line, such as the output of:"
                            + " openssl rand -hex 24",
                    file, SHORTEST);
        }
        return new ApiKeys(keys.stream().map(ApiKeys::digest).toList());
    }

    public boolean isEmpty() {
        return digests.isEmpty();
    }

    /**
     * Who shows this header: a name made of the key's digest, empty where no key is needed.
     *
     * @throws ApiError with status 401 if it is none of the keys
     */
    public String caller(Optional<String> authorization) {
        if (digests.isEmpty()) {
            return "";
        }
        String header = authorization.orElse("").strip();
        boolean bearer = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        byte[] shown = digest(bearer ? header.substring(SCHEME.length()).strip() : "");
        boolean known = false;
        for (byte[] key : digests) {
            known |= MessageDigest.isEqual(key, shown);
        }
        if (!known || !bearer) {
            throw new ApiError(
                    ApiError.Kind.NO_KEY,
                    "invalid_api_key",
                    null,
                    bearer
                            ? "the API key is not one of this server's"
                            : "this server wants an API key: Authorization: Bearer KEY");
        }
        return HexFormat.of().formatHex(shown, 0, NAME_BYTES);
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
