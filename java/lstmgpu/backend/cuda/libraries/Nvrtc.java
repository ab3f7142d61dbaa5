package lstmgpu.backend.cuda.libraries;

import static org.lwjgl.cuda.NVRTC.NVRTC_SUCCESS;
import static org.lwjgl.cuda.NVRTC.nvrtcCompileProgram;
import static org.lwjgl.cuda.NVRTC.nvrtcCreateProgram;
import static org.lwjgl.cuda.NVRTC.nvrtcDestroyProgram;
import static org.lwjgl.cuda.NVRTC.nvrtcGetCUBIN;
import static org.lwjgl.cuda.NVRTC.nvrtcGetCUBINSize;
import static org.lwjgl.cuda.NVRTC.nvrtcGetErrorString;
import static org.lwjgl.cuda.NVRTC.nvrtcGetNumSupportedArchs;
import static org.lwjgl.cuda.NVRTC.nvrtcGetPTX;
import static org.lwjgl.cuda.NVRTC.nvrtcGetPTXSize;
import static org.lwjgl.cuda.NVRTC.nvrtcGetProgramLog;
import static org.lwjgl.cuda.NVRTC.nvrtcGetProgramLogSize;
import static org.lwjgl.cuda.NVRTC.nvrtcGetSupportedArchs;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.kernels.KernelSources;
import lstmgpu.backend.natives.NativeLibraries;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.Configuration;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** NVIDIA's compiler at run time, through LWJGL, which takes whichever NVRTC was found. */
public final class Nvrtc {
    /** LWJGL's own library, for the one system that has NVRTC here. */
    private static final String LWJGL = "/linux/x64/org/lwjgl/liblwjgl.so";

    private final int[] architectures;

    /**
     * What to compile for.
     *
     * @param isMachineCode otherwise PTX, which the driver compiles: the GPU is newer than the compiler
     */
    public record Target(List<String> options, boolean isMachineCode) {}

    private Nvrtc(int[] architectures) {
        this.architectures = architectures;
    }

    /** @param libraries whose NVRTC is usable */
    public static Nvrtc of(CudaLibraries libraries) {
        Path library = libraries.nvrtc().path();
        Configuration.CUDA_NVRTC_LIBRARY_NAME.set(library.toAbsolutePath().toString());
        libraries
                .nvrtcBuiltins()
                .ifPresent(builtins -> Configuration.CUDA_NVRTC_BUILTINS_LIBRARY_NAME.set(
                        builtins.toAbsolutePath().toString()));
        prepareLwjgl();
        return new Nvrtc(supported());
    }

    /** Otherwise LWJGL would unpack its library into the first of many folders that lets it. */
    public static void prepareLwjgl() {
        Configuration.LIBRARY_NAME.set(NativeLibraries.load(LWJGL).toString());
    }

    private static int[] supported() {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer count = stack.mallocInt(1);
            check(nvrtcGetNumSupportedArchs(count), "counting the architectures it knows");
            IntBuffer known = stack.mallocInt(count.get(0));
            check(nvrtcGetSupportedArchs(known), "listing the architectures it knows");
            int[] architectures = new int[known.capacity()];
            known.get(0, architectures);
            return architectures;
        }
    }

    /**
     * @param constants of the compiler, NAME or NAME=value
     * @throws LstmGpuException with exit code 4 if the compiler knows nothing that runs on such a GPU
     */
    public Target target(int major, int minor, String... constants) {
        int asked = 10 * major + minor;
        int nearest = 0;
        for (int architecture : architectures) {
            if (architecture <= asked) {
                nearest = Math.max(nearest, architecture);
            }
        }
        if (nearest == 0) {
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    "the NVRTC here compiles for no GPU as old as compute capability %d.%d: install that of CUDA 12, or use --device cpu"
                            .formatted(major, minor));
        }
        List<String> options = new ArrayList<>();
        // Tensor cores of 9.0 are reached by code for exactly that GPU.
        String suffix = asked == 90 && nearest == 90 ? "a" : "";
        options.add("--gpu-architecture=" + (nearest == asked ? "sm_" : "compute_") + nearest + suffix);
        options.add("--std=c++17");
        for (String constant : constants) {
            options.add("--define-macro=" + constant);
        }
        return new Target(options, nearest == asked);
    }

    /** @throws LstmGpuException with exit code 1 and the compiler's log if the text does not compile */
    public byte[] compile(KernelSources sources, Target target) {
        try (Program program = new Program(sources)) {
            int status = program.compile(target.options());
            if (status != NVRTC_SUCCESS) {
                throw new LstmGpuException(
                        ExitCode.FAILED,
                        "NVRTC cannot compile kernels/%s (%s), which is a fault of the program: please report it with this log\n%s"
                                .formatted(sources.name(), nvrtcGetErrorString(status), program.log()));
            }
            return target.isMachineCode() ? program.machineCode() : program.ptx();
        }
    }

    private static void check(int status, String operation) {
        if (status != NVRTC_SUCCESS) {
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    "NVRTC failed at %s (%s): install another one, or set LSTM_GPU_CUDA to its folder"
                            .formatted(operation, nvrtcGetErrorString(status)));
        }
    }

    /** A program inside NVRTC, which reads the texts up to the end of the compilation. */
    private static final class Program implements AutoCloseable {
        private final List<ByteBuffer> texts = new ArrayList<>();
        private final PointerBuffer contents;
        private final PointerBuffer names;
        private final PointerBuffer handle = MemoryUtil.memCallocPointer(1);

        Program(KernelSources sources) {
            contents = MemoryUtil.memAllocPointer(sources.headers().size());
            names = MemoryUtil.memAllocPointer(sources.headers().size());
            sources.headers().forEach((name, content) -> {
                names.put(kept(name));
                contents.put(kept(content));
            });
            int status = nvrtcCreateProgram(
                    handle, kept(sources.text()), kept(sources.name()), contents.flip(), names.flip());
            if (status != NVRTC_SUCCESS) {
                close();
                check(status, "taking in " + sources.name());
            }
        }

        private ByteBuffer kept(String text) {
            ByteBuffer encoded = MemoryUtil.memUTF8(text);
            texts.add(encoded);
            return encoded;
        }

        int compile(List<String> options) {
            try (MemoryStack stack = MemoryStack.stackPush()) {
                PointerBuffer arguments = stack.mallocPointer(options.size());
                options.forEach(option -> arguments.put(stack.UTF8(option)));
                return nvrtcCompileProgram(handle.get(0), arguments.flip());
            }
        }

        String log() {
            try (MemoryStack stack = MemoryStack.stackPush()) {
                PointerBuffer size = stack.mallocPointer(1);
                check(nvrtcGetProgramLogSize(handle.get(0), size), "measuring its log");
                byte[] log = content(size.get(0), buffer -> nvrtcGetProgramLog(handle.get(0), buffer));
                return new String(log, 0, Math.max(0, log.length - 1), StandardCharsets.UTF_8).strip();
            }
        }

        byte[] machineCode() {
            try (MemoryStack stack = MemoryStack.stackPush()) {
                PointerBuffer size = stack.mallocPointer(1);
                check(nvrtcGetCUBINSize(handle.get(0), size), "measuring its code");
                return content(size.get(0), buffer -> nvrtcGetCUBIN(handle.get(0), buffer));
            }
        }

        byte[] ptx() {
            try (MemoryStack stack = MemoryStack.stackPush()) {
                PointerBuffer size = stack.mallocPointer(1);
                check(nvrtcGetPTXSize(handle.get(0), size), "measuring its code");
                return content(size.get(0), buffer -> nvrtcGetPTX(handle.get(0), buffer));
            }
        }

        /** Fills a buffer of the compiler's own size. */
        private interface Filler {
            int fill(ByteBuffer buffer);
        }

        private static byte[] content(long size, Filler filler) {
            ByteBuffer buffer = MemoryUtil.memAlloc(Math.toIntExact(size));
            try {
                check(filler.fill(buffer), "giving out its result");
                byte[] bytes = new byte[buffer.capacity()];
                buffer.get(0, bytes);
                return bytes;
            } finally {
                MemoryUtil.memFree(buffer);
            }
        }

        @Override
        public void close() {
            if (handle.get(0) != 0) {
                nvrtcDestroyProgram(handle);
            }
            texts.forEach(MemoryUtil::memFree);
            MemoryUtil.memFree(contents);
            MemoryUtil.memFree(names);
            MemoryUtil.memFree(handle);
        }
    }
}
