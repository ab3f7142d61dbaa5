package example;

import java.nio.file.Path;
import java.util.Comparator;
import lstmgpu.api.Device;
import lstmgpu.api.ScoredToken;
import lstmgpu.api.Text;
import lstmgpu.api.TextModel;

/** How well a model predicts a text, and what surprised it most: java example.Score runs/book chapter.txt */
class Score {
    public static void main(String[] args) {
        Text text = Text.files(Path.of(args[1]));
        try (Device device = Device.open("auto");
                TextModel model = TextModel.load(device, Path.of(args[0]))) {
            System.out.println(model.evaluate(text).metrics());
            model.score(text).stream()
                    .sorted(Comparator.comparingDouble(ScoredToken::logprob))
                    .limit(5)
                    .forEach(token -> System.out.printf(
                            "%d  %s  %.2f%n", token.position(), token.token(), token.logprob()));
        }
    }
}
