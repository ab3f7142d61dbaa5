package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;

/** Folders of the stand-in's images in which one kernel of {@code kernels/cuda} has a fault. */
public final class FaultyKernels implements AutoCloseable {
    private static final int COMPILERS = 2;

    private final Path folder;
    private final List<Process> compilers = new ArrayList<>();

    /** @param name of the folder beside the stand-in, whose images are in every fault's folder by hard links */
    public FaultyKernels(String name) throws IOException {
        folder = Cudasim.folder().resolveSibling(name);
        close();
    }

    /**
     * Starts to compile; {@link #finish} waits for it.
     *
     * @param file of {@code kernels/cuda} that has the text to be replaced
     * @param kernel below {@code kernels/}, without its ending, that is compiled anew
     */
    public void plant(Object fault, String file, String text, String instead, String kernel, String... constants)
            throws IOException, InterruptedException {
        Path images = Files.createDirectories(images(fault).resolve("cuda"));
        link(Cudasim.folder().resolve("kernels"), images.getParent());
        link(Cudasim.folder().resolve("kernels/cuda"), images);
        Path texts = Files.createDirectories(folder.resolve(fault + "/texts/cuda"));
        link(Path.of("kernels/cuda"), texts);
        String sound = Files.readString(Path.of("kernels/cuda").resolve(file));
        assertTrue(sound.contains(text), file + " has no longer the line where the fault goes");
        Files.delete(texts.resolve(file));
        Files.writeString(texts.resolve(file), sound.replace(text, instead));
        Path image = images.getParent().resolve(KernelImages.name(kernel, constants));
        Files.delete(image);
        compilers.add(compile(kernel, constants, texts.getParent(), image));
        if (compilers.size() == COMPILERS) {
            finish();
        }
    }

    private static void link(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.createLink(to.resolve(file.getFileName()), file);
            }
        }
    }

    private static Process compile(String kernel, String[] constants, Path texts, Path image) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("g++", "-std=c++17", "-O1", "-fPIC", "-shared", "-fvisibility=hidden"));
        for (Path include : List.of(texts, Path.of("tests/cudasim"), Path.of("kernels"))) {
            command.add("-I" + include);
        }
        Arrays.stream(constants).map(constant -> "-D" + constant).forEach(command::add);
        command.addAll(List.of("-x", "c++", "-o", image.toString(), texts + "/" + kernel + ".cu"));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    public void finish() throws IOException, InterruptedException {
        for (Process compiler : compilers) {
            String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(compiler.waitFor(1, TimeUnit.MINUTES), "g++ does not end");
            assertEquals(0, compiler.exitValue(), said);
        }
        compilers.clear();
    }

    private Path images(Object fault) {
        return folder.resolve(fault + "/kernels");
    }

    public KernelImages of(Object fault) {
        return new KernelImages(CudaLibraries.in(Cudasim.folder()), images(fault));
    }

    @Override
    public void close() throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /**
     * Whether a run fails or computes something else, in one of some orders of events.
     *
     * @param late the block that is late in the order of a number; -1 for none
     * @param differs runs, and compares
     */
    public static boolean shows(IntUnaryOperator late, BooleanSupplier differs) {
        for (int seed = 1; seed < 6; seed++) {
            Cudasim.reset();
            Cudasim.quiet();
            Cudasim.schedule(seed);
            Cudasim.lateBlock(late.applyAsInt(seed));
            try {
                if (differs.getAsBoolean()) {
                    return true;
                }
            } catch (LstmGpuException fails) {
                return true;
            }
        }
        return false;
    }
}
