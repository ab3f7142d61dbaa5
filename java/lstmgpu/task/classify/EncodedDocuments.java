package lstmgpu.task.classify;

import java.util.List;
import lstmgpu.data.SequenceBatches;
import lstmgpu.network.Network;
import lstmgpu.network.Purpose;
import lstmgpu.network.SequenceSweep;

/**
 * Documents as tokens. Those of all documents lie one behind the other, behind one token for padding.
 *
 * @param tokens identifiers
 * @param starts where each document begins among them, from 1 on
 * @param lengths tokens of each, at least 1
 * @param classes of each; 0 where they are not known
 */
@SuppressWarnings("ArrayRecordComponent")
public record EncodedDocuments(int[] tokens, int[] starts, int[] lengths, int[] classes) {
    public int count() {
        return lengths.length;
    }

    /** Tokens of all documents. */
    public long length() {
        return tokens.length - 1L;
    }

    /** A way of all through a network, at most so many side by side. */
    SequenceSweep sweep(Network network, int most, Purpose purpose) {
        int batch = Math.min(most, count());
        SequenceBatches batches = new SequenceBatches(lengths, batch, 0);
        DocumentTables tables = new DocumentTables(network.backend(), this, List.of());
        return new SequenceSweep(network, batches, starts, batch, purpose, tables);
    }
}
