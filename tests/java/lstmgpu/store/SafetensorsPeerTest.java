package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.Python;
import lstmgpu.network.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The safetensors package of Python reads what is written here, and the other way round. */
class SafetensorsPeerTest {
    @TempDir
    private Path folder;

    @BeforeAll
    static void findPackage() throws Exception {
        assumeTrue(
                Python.run(Path.of("."), "import numpy, safetensors.numpy").exitCode() == 0,
                "python3 has no packages numpy and safetensors (pip install numpy safetensors)");
    }

    @Test
    void pythonReadsWhatIsWrittenHere() throws Exception {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("b.weight", new Tensor(List.of(2, 3), new float[] {1, 2, 3, 4, 5, 6.5f}));
        tensors.put("a", new Tensor(List.of(), new float[] {-1e-30f}));
        tensors.put("empty é", new Tensor(List.of(0, 4), new float[0]));
        Path file = folder.resolve("java.safetensors");
        Safetensors.write(file, tensors, Map.of("format", "pt"));
        Python.Output output = Python.run(Path.of("."), """
            import sys
            from safetensors import safe_open
            with safe_open(sys.argv[1], framework="np") as f:
                print(f.metadata()["format"])
                for name in sorted(f.keys()):
                    t = f.get_tensor(name)
                    print(ascii(name), t.dtype, t.shape, t.ravel().tolist())
            """, file.toString());
        assertEquals("""
            pt
            'a' float32 () [-1.0000000031710769e-30]
            'b.weight' float32 (2, 3) [1.0, 2.0, 3.0, 4.0, 5.0, 6.5]
            'empty \\xe9' float32 (0, 4) []
            """, output.text());
    }

    @Test
    void whatPythonWritesIsReadHere() throws Exception {
        Path file = folder.resolve("python.safetensors");
        Python.Output output = Python.run(Path.of("."), """
            import sys
            import numpy
            from safetensors.numpy import save_file
            save_file({
                "half": numpy.array([1.5, -2], dtype=numpy.float16),
                "double": numpy.array([[0.25]], dtype=numpy.float64),
                "float": numpy.arange(6, dtype=numpy.float32).reshape(3, 2),
            }, sys.argv[1], metadata={"who": "python"})
            """, file.toString());
        assertEquals(0, output.exitCode(), output.text());
        Map<String, Tensor> read = Safetensors.read(file);
        assertEquals(3, read.size());
        assertTensor(List.of(2), List.of(1.5f, -2f), read.get("half"));
        assertTensor(List.of(1, 1), List.of(0.25f), read.get("double"));
        assertTensor(List.of(3, 2), List.of(0f, 1f, 2f, 3f, 4f, 5f), read.get("float"));
        assertEquals(Map.of("who", "python"), Safetensors.metadata(file));
    }

    private static void assertTensor(List<Integer> shape, List<Float> values, Tensor tensor) {
        assertEquals(shape, tensor.shape());
        for (int i = 0; i < values.size(); i++) {
            assertEquals(values.get(i), tensor.values()[i]);
        }
    }
}
