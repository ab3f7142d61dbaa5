package lstmgpu.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.Printable;
import lstmgpu.data.Tokenizer;

/** What {@code --logit-bias} takes. */
final class LogitBias {
    private LogitBias() {}

    /**
     * @param entries TOKEN=X each, where TOKEN is the text of one token, \n a line's end, and X a number
     * @return bias by identifier
     * @throws LstmGpuException with exit code 2 for anything else
     */
    static Map<Integer, Float> parse(List<String> entries, Tokenizer tokenizer) {
        Map<Integer, Float> bias = new HashMap<>();
        for (String entry : entries) {
            int equals = entry.lastIndexOf('=');
            if (equals < 1) {
                throw LstmGpuException.usage("--logit-bias takes TOKEN=X, as in e=-2, not '%s'", entry);
            }
            String text = entry.substring(0, equals).replace("\\n", "\n");
            Tokenizer.Encoding token = tokenizer.encode(text);
            if (token.ids().length != 1 || !token.unknown().isEmpty()) {
                throw LstmGpuException.usage(
                        "--logit-bias %s: '%s' is not one token of this model", entry, Printable.line(text));
            }
            bias.merge(token.ids()[0], number(entry, entry.substring(equals + 1)), Float::sum);
        }
        return bias;
    }

    private static float number(String entry, String text) {
        try {
            float value = Float.parseFloat(text);
            if (Float.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw LstmGpuException.usage("--logit-bias %s: '%s' is not a number", entry, text);
    }
}
