package lstmgpu.backend.opencl;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.kernels.ContentHash;
import lstmgpu.backend.kernels.KeptImage;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelSources;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_program;

/**
 * The kernels, compiled a file at a time when the first of its kernels is called; what the driver made is kept in the
 * cache.
 */
final class OpenClPrograms implements AutoCloseable {
    private final OpenClContext context;
    private final OpenClCheck check;
    private final Path cache;
    private final cl_device_id[] device;
    private final List<cl_program> programs = new ArrayList<>();
    private final List<cl_kernel> kernels = new ArrayList<>();
    private final Map<String, cl_program> byFile = new HashMap<>();

    /** @param cache a folder, which need not be there */
    OpenClPrograms(OpenClContext context, Path cache) {
        this.context = context;
        this.check = context.check();
        this.cache = cache;
        this.device = new cl_device_id[] {context.unit().id()};
    }

    /**
     * A kernel of its own, for one caller to set the arguments of.
     *
     * @param storage what {@code real} is in the kernel's text
     * @param definitions further options, nothing for the text as it stands
     */
    cl_kernel kernel(Kernel kernel, ElementType storage, String definitions) {
        String options = "-cl-std=CL1.2" + (storage == ElementType.BFLOAT16 ? " -DSTORE_BFLOAT16" : "") + definitions;
        cl_program program =
                byFile.computeIfAbsent(kernel.file() + options, _ -> program(KernelSources.of(kernel.file()), options));
        int[] status = new int[1];
        cl_kernel made = CL.clCreateKernel(program, kernel.function(), status);
        check.status(status[0], "finding the kernel " + kernel.function());
        kernels.add(made);
        return made;
    }

    /**
     * From the cache or the compiler.
     *
     * @throws LstmGpuException with exit code 1 and the compiler's words if the text does not compile
     */
    cl_program program(KernelSources sources, String options) {
        byte[] identity = (context.unit().identity() + "\n" + options).getBytes(StandardCharsets.UTF_8);
        KeptImage kept = new KeptImage(cache.resolve(ContentHash.of(sources.identity(), identity) + ".opencl"));
        cl_program program = fromCache(kept, options);
        if (program == null) {
            program = compiled(sources, options);
            keep(kept, program);
        }
        programs.add(program);
        return program;
    }

    /** Null if it is not there or the driver does not take it any more. */
    private cl_program fromCache(KeptImage kept, String options) {
        byte[] binary = kept.read();
        if (binary == null) {
            return null;
        }
        int[] status = new int[1];
        cl_program program = CL.clCreateProgramWithBinary(
                context.handle(), 1, device, new long[] {binary.length}, new byte[][] {binary}, new int[1], status);
        if (status[0] != CL.CL_SUCCESS) {
            return null;
        }
        if (CL.clBuildProgram(program, 1, device, options, null, null) != CL.CL_SUCCESS) {
            CL.clReleaseProgram(program);
            return null;
        }
        return program;
    }

    private cl_program compiled(KernelSources sources, String options) {
        int[] status = new int[1];
        cl_program program =
                CL.clCreateProgramWithSource(context.handle(), 1, new String[] {sources.inlined()}, null, status);
        check.status(status[0], "reading the kernels of " + sources.name());
        int built = CL.clBuildProgram(program, 1, device, options, null, null);
        if (built == CL.CL_SUCCESS) {
            return program;
        }
        String log = log(program);
        CL.clReleaseProgram(program);
        if (log.isBlank()) {
            throw check.failure(built, "compiling " + sources.name());
        }
        throw new LstmGpuException(
                ExitCode.FAILED,
                "%s does not compile for %s: update its driver, or use another device. The driver's compiler says:%n%s"
                        .formatted(sources.name(), check.device(), log));
    }

    private String log(cl_program program) {
        long[] length = new long[1];
        int what = CL.CL_PROGRAM_BUILD_LOG;
        if (CL.clGetProgramBuildInfo(program, device[0], what, 0, null, length) != CL.CL_SUCCESS) {
            return "";
        }
        byte[] text = new byte[Math.toIntExact(length[0])];
        int status = CL.clGetProgramBuildInfo(program, device[0], what, text.length, Pointer.to(text), null);
        return status == CL.CL_SUCCESS
                ? new String(text, StandardCharsets.UTF_8).replace("\0", "").strip()
                : "";
    }

    /** A cache that cannot be written, or a driver that gives nothing, costs the next start some seconds, no more. */
    private static void keep(KeptImage kept, cl_program program) {
        byte[] binary = binary(program);
        if (binary.length > 0) {
            kept.keep(binary);
        }
    }

    private static byte[] binary(cl_program program) {
        long[] size = new long[1];
        int status = CL.clGetProgramInfo(program, CL.CL_PROGRAM_BINARY_SIZES, Sizeof.size_t, Pointer.to(size), null);
        if (status != CL.CL_SUCCESS || size[0] <= 0 || size[0] > Integer.MAX_VALUE) {
            return new byte[0];
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) size[0]);
        Pointer place = Pointer.to(Pointer.to(buffer));
        if (CL.clGetProgramInfo(program, CL.CL_PROGRAM_BINARIES, Sizeof.POINTER, place, null) != CL.CL_SUCCESS) {
            return new byte[0];
        }
        byte[] binary = new byte[(int) size[0]];
        buffer.get(binary);
        return binary;
    }

    @Override
    public void close() {
        kernels.forEach(CL::clReleaseKernel);
        programs.forEach(CL::clReleaseProgram);
        kernels.clear();
        programs.clear();
        byFile.clear();
    }
}
