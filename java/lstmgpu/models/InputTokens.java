package lstmgpu.models;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.LstmGpuException;
import lstmgpu.data.TextFiles;
import lstmgpu.data.TextInputs;
import lstmgpu.data.TokenFile;
import lstmgpu.data.TokenizeOptions;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.InputFiles;
import lstmgpu.task.Examiner;

/** Texts to judge a model by. */
public final class InputTokens {
    private InputTokens() {}

    /**
     * The inputs in a model's tokens; what its vocabulary lacks is named.
     *
     * @throws LstmGpuException with exit code 3 if they are too short
     */
    public static TokenFile of(List<Path> inputs, Tokenizer tokenizer, Examiner.Reading reading) {
        Unknown.reportEmpty(inputs, reading.notice());
        TokenFile tokens = TextFiles.tokenize(
                new TextInputs(inputs, reading.column()),
                tokenizer,
                new TokenizeOptions(reading.lines(), reading.cache()));
        Unknown.report(tokens, InputFiles.describe(inputs), reading.notice());
        if (tokens.length() < 2) {
            tokens.close();
            throw LstmGpuException.data(
                    "%s has one token, and the first token is not counted; use a text of two or" + " more",
                    InputFiles.describe(inputs));
        }
        return tokens;
    }
}
