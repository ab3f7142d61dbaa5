package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.cli.flags.TrainingFlags;
import lstmgpu.cli.report.Console;
import lstmgpu.data.TextInputs;
import lstmgpu.files.CacheFolder;
import lstmgpu.models.LanguageModels;
import lstmgpu.models.LoadedNetwork;
import lstmgpu.models.OpeningDevice;
import lstmgpu.network.Evaluation;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Measures;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Examiner;

/** What a run comes to on a text that took no part in it, when it is complete. */
record TestText(Console console, TrainingFlags flags) {
    /** Prints the loss of the weights that were kept, as {@code eval} finds it, and adds it to run.json. */
    void measure(TextInputs test, boolean lines) {
        Examiner.Reading reading =
                new Examiner.Reading(test.column(), lines, CacheFolder.of(console.environment()), console::say);
        LanguageModels kind = new LanguageModels();
        try (ModelDirectory directory = ModelDirectory.open(flags.run.output);
                OpeningDevice opening = new OpeningDevice(flags.device.choice(), console::say)) {
            if (!directory.hasWeights()) {
                return;
            }
            EvaluationResult result;
            try (LoadedNetwork loaded = LoadedNetwork.of(
                            opening, directory, directory.config(), directory.weights(), RnnImplementation.AUTO);
                    Evaluation evaluation = kind.examiner(directory).open(loaded.network(), test.files(), reading)) {
                result = evaluation.run();
            }
            directory.lock();
            ObjectNode run = directory.run();
            run.put("test_loss", result.loss()).put("test_tokens", result.count());
            directory.saveRun(run);
            Measures measures = kind.measures(directory);
            console.print("%s: %s on the test text %s\n"
                    .formatted(flags.run.output, measures.loss().text(result.loss()), test.describe()));
            console.flush();
        }
    }
}
