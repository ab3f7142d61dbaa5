package example;

import java.nio.file.Path;
import lstmgpu.api.Device;
import lstmgpu.api.Sampling;
import lstmgpu.api.TextModel;
import lstmgpu.api.TextState;
import lstmgpu.api.Written;

/** Writes a text, then goes on from its middle in two ways: java example.Sample runs/book "Once upon" */
class Sample {
    public static void main(String[] args) {
        try (Device device = Device.open("auto");
                TextModel model = TextModel.load(device, Path.of(args[0]))) {
            Sampling how = model.sampling().length(100).seed(1);
            Written written = model.generate(model.start(), args[1], how, System.out::print);
            byte[] kept = written.state().toBytes(); // a few kilobytes, for a file or another machine
            TextState middle = model.state(kept);
            System.out.println("\n--- one way:");
            model.generate(middle, "", how.temperature(0.5), System.out::print);
            System.out.println("\n--- another:");
            model.generate(middle, "", how.temperature(1.1), System.out::print);
            System.out.println();
        }
    }
}
