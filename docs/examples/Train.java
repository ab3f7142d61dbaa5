package example;

import java.nio.file.Path;
import lstmgpu.api.Device;
import lstmgpu.api.Evaluation;
import lstmgpu.api.Text;
import lstmgpu.api.TextModel;
import lstmgpu.api.TrainingListener;

/** Trains on a text: java example.Train book.txt runs/book */
class Train {
    public static void main(String[] args) {
        Text text = Text.files(Path.of(args[0]));
        TrainingListener listener = new TrainingListener() {
            @Override
            public void evaluated(int step, Evaluation evaluation, boolean best) {
                System.out.printf("step %d: %.3f %s%n", step, evaluation.loss(), evaluation.unit());
            }
        };
        try (Device device = Device.open("auto");
                TextModel model = TextModel.training()
                        .preset("tiny").epochs(3).seed(7).listener(listener)
                        .train(device, text, Path.of(args[1]))) {
            System.out.println(model.parameters() + " weights learnt on " + device.name());
        }
    }
}
