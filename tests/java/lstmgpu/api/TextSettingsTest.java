package lstmgpu.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import lstmgpu.cli.Commands;
import org.junit.jupiter.api.Test;

/** Every setting of a training on texts has the name and the meaning of the program's flag. */
class TextSettingsTest extends TextModelRig {
    @Test
    void everySettingIsTheFlagOfItsName() throws IOException {
        Path output = folder.resolve("settings");
        TextModel.training()
                .preset("tiny")
                .hiddenSize(8)
                .numLayers(2)
                .embeddingSize(8)
                .tieWeights(true)
                .init("xavier")
                .optimizer("sgd")
                .learningRate(0.1)
                .momentum(0.5)
                .weightDecay(0.01)
                .gradClip(2)
                .schedule("step")
                .warmupSteps(2)
                .lrDecay(0.9)
                .decayEvery(3)
                .batchSize(4)
                .seqLength(8)
                .epochs(1)
                .maxTime(Duration.ofMinutes(5))
                .decayOnly("recurrent", "output")
                .average("ema")
                .averageDecay(0.9)
                .weightDrop(0.3)
                .zoneoutCell(0.2)
                .zoneoutHidden(0.05)
                .lockedDropout(true)
                .inputDropout(0.1)
                .outputDropout(0.2)
                .wordDropout(0.05)
                .activationPenalty(2)
                .temporalPenalty(1)
                .labelSmoothing(0.01)
                .evalEvery(4)
                .patience(3)
                .minDelta(0.5)
                .saveEvery(6)
                .keep(1)
                .tensorboard(false)
                .rnn("auto")
                .precision("fp32")
                .valFrac(0.2)
                .testFrac(0.1)
                .minFreq(2)
                .stepSize(0)
                .resetState(0.1)
                .samplePrompt("A")
                .sampleLength(3)
                .extendVocab(false)
                .overwrite(false)
                .train(device, Text.files(text), output)
                .close();
        Path command = folder.resolve("settings-command");
        Commands.run(words(
                        "train %s -o %s --preset tiny --hidden-size 8 --num-layers 2 --embedding-size 8 --tie-weights"
                            + " --init xavier --optimizer sgd --lr 0.1 --momentum 0.5 --weight-decay 0.01 --grad-clip"
                            + " 2 --schedule step --warmup-steps 2 --lr-decay 0.9 --decay-every 3 --decay-only"
                            + " recurrent,output --weight-drop 0.3 --locked-dropout --input-dropout 0.1 --zoneout-cell"
                            + " 0.2 --zoneout-hidden 0.05 --output-dropout 0.2 --word-dropout 0.05"
                            + " --activation-penalty 2 --temporal-penalty 1 --label-smoothing 0.01 --average ema"
                            + " --average-decay 0.9 --batch-size 4 --seq-length 8 --epochs 1 --max-time 5m"
                            + " --eval-every 4 --patience 3 --min-delta 0.5 --save-every 6 --keep 1 --val-frac 0.2"
                            + " --test-frac 0.1 --min-freq 2 --step-size 0 --reset-state 0.1 --sample-prompt A"
                            + " --sample-length 3 --device cpu --threads 1 --progress none",
                        text, command))
                .succeeds();
        assertEquals(run("settings-command").get("settings"), run("settings").get("settings"));
        assertArrayEquals(weights("settings-command"), weights("settings"));
        Path grown = folder.resolve("grown");
        try (TextModel more = TextModel.training()
                .preset("tiny")
                .batchSize(4)
                .seqLength(8)
                .maxSteps(2)
                .initFrom(output)
                .extendVocab(true)
                .train(device, Text.of(Files.readString(text) + "ΩΩΩΩ"), grown)) {
            assertTrue(more.vocabularySize() > model.vocabularySize());
        }
    }
}
