package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import lstmgpu.Count;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.flags.GateFlags;
import lstmgpu.cli.flags.GradientFlags;
import lstmgpu.cli.flags.StateFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.data.Tokenizer;
import lstmgpu.files.IoErrors;
import lstmgpu.files.NumpyFile;
import lstmgpu.inspect.GateTrace;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;

/** Writes a model's hidden states over a text. */
record StateInspection(ModelDirectory directory, GateFlags text, StateFlags states, Console console) {
    private static final String ENDING = ".npy";

    /**
     * @throws LstmGpuException with exit code 2 if flags contradict each other, or the file has no folder, another
     *     ending or the text in it; 3 if there is no token in the text or the model has no weights
     */
    void run(GradientFlags gradients, boolean json) {
        check(gradients);
        Tokenizer tokenizer = directory.tokenizer();
        NetworkConfig config = directory.config();
        int[] ids = Prompt.read(text.text, text.file, console).tokens(tokenizer, "the text", console);
        if (ids.length == 0) {
            throw LstmGpuException.data("the text has no token, so there is no state after one; give a text");
        }
        GateTrace trace = new GateTrace(config, directory.weights());
        int layers = config.layers();
        int shown = config.rnnShape().shownSize();
        NumpyFile.write(
                states.file,
                (token, values) -> {
                    trace.read(ids[token]);
                    for (int i = 0; i < values.length; i++) {
                        values[i] = (float) trace.shown(i / shown, i % shown);
                    }
                },
                ids.length,
                layers,
                shown);
        if (json) {
            ObjectNode object = JsonLines.object().put("file", states.file.toString());
            object.putArray("shape").add(ids.length).add(layers).add(shown);
            console.print(JsonLines.line(object) + "\n");
        } else {
            console.print("%s: the states after %s, in %s of %s\n"
                    .formatted(
                            states.file,
                            Count.of(ids.length, "token"),
                            Count.of(layers, "layer"),
                            Count.of(shown, config.projection() > 0 ? "number" : "unit")));
        }
    }

    private void check(GradientFlags gradients) {
        if (!text.hasText()) {
            throw LstmGpuException.usage("--states writes the states of a model over a text; add --text or --file");
        }
        if (text.text != null && text.file != null) {
            throw LstmGpuException.usage("--text and --file both give the text; choose one");
        }
        if (text.html != null || text.layer != null || text.units != null || gradients.gradients) {
            throw LstmGpuException.usage(
                    "--states writes the states of all layers and units; leave out --html, --layer, --units and"
                            + " --gradients");
        }
        gradients.checkUnused();
        if (!states.file.toString().endsWith(ENDING)) {
            throw LstmGpuException.usage("--states must end in %s, not %s", ENDING, states.file.getFileName());
        }
        OutputFiles.check("--states", states.file);
        if (isText()) {
            throw LstmGpuException.usage(
                    "--states %s would replace the text that --file names; name another file", states.file);
        }
    }

    private boolean isText() {
        if (text.file == null) {
            return false;
        }
        Path read = Path.of(text.file);
        try {
            return Files.exists(states.file) && Files.exists(read) && Files.isSameFile(states.file, read);
        } catch (IOException failure) {
            throw IoErrors.unreadable(read, failure);
        }
    }
}
