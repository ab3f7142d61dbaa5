package example;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.api.ClassModel;
import lstmgpu.api.Device;
import lstmgpu.api.Documents;

/** Learns to tell good from bad, and tells it: java example.Classify runs/words */
class Classify {
    public static void main(String[] args) {
        List<String> texts = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            texts.add("a fine and happy day number " + i % 5);
            labels.add("good");
            texts.add("a dull and rainy day number " + i % 5);
            labels.add("bad");
        }
        try (Device device = Device.open("auto");
                ClassModel model = ClassModel.training()
                        .hiddenSize(16).batchSize(8).epochs(20)
                        .train(device, Documents.of(texts, labels), Path.of(args[0]))) {
            System.out.println(model.classify("one more happy day").label());
            System.out.println(model.evaluate(Documents.of(texts, labels)).whole().metrics());
        }
    }
}
