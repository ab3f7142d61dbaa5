package lstmgpu.store;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.files.Checksum;
import lstmgpu.files.RegularFile;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/** The weights of a model, which know the configuration and the tokenizer that they belong to. */
final class WeightsFile {
    private static final long BYTES_AT_MOST = 1L << 30;

    private final Path file;
    private final List<String> sealed;

    /** @param sealed names of the files beside it that it vouches for */
    WeightsFile(Path file, List<String> sealed) {
        this.file = file;
        this.sealed = sealed;
    }

    /** Throws as {@link ModelDirectory#weights}. */
    Map<String, Tensor> read(NetworkConfig config) {
        Map<String, Tensor> weights = ModelWeights.read(file, config);
        checkSealed(Safetensors.metadata(file));
        return weights;
    }

    /** Weights of another program have no check sums; of those that were written here, none may be missing. */
    private void checkSealed(Map<String, String> metadata) {
        if (!metadata.containsKey(Checksum.FIELD) && sealed.stream().noneMatch(metadata::containsKey)) {
            return;
        }
        for (String name : sealed) {
            if (!checksum(name).equals(metadata.getOrDefault(name, "")) || !metadata.containsKey(Checksum.FIELD)) {
                throw LstmGpuException.data(
                        "%s is not as it was when %s was written; restore both from a copy",
                        file.resolveSibling(name), file.getFileName());
            }
        }
    }

    private String checksum(String name) {
        Path other = file.resolveSibling(name);
        return RegularFile.exists(other) ? Checksum.of(RegularFile.bytes(other, BYTES_AT_MOST)) : "";
    }

    void write(Map<String, Tensor> tensors, WeightsOrigin origin) {
        Map<String, String> metadata = new LinkedHashMap<>(Map.of("format", "pt"));
        for (String name : sealed) {
            String sum = checksum(name);
            if (!sum.isEmpty()) {
                metadata.put(name, sum);
            }
        }
        metadata.putAll(origin.metadata());
        Safetensors.write(file, tensors, metadata);
    }
}
