package lstmgpu.bench;

import java.util.Locale;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;

/** One of the ways in which a backend can compute. */
public record BenchVariant(Precision precision, RnnImplementation rnn) {
    /** The name in tables and JSON: the recurrent stack's implementation, or the backend's where that has only one. */
    String implementation(Backend backend) {
        return rnn == RnnImplementation.AUTO
                ? backend.device().backend()
                : rnn.name().toLowerCase(Locale.ROOT);
    }
}
