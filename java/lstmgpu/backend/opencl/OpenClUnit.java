package lstmgpu.backend.opencl;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/**
 * A device as its driver describes it.
 *
 * @param platform the driver's name
 * @param name of the hardware
 * @param version of OpenCL
 * @param driver the driver's version
 * @param isGpu whether it is a graphics processor
 * @param memoryBytes all of its memory
 */
public record OpenClUnit(
        cl_platform_id platformId,
        cl_device_id id,
        String platform,
        String name,
        String version,
        String driver,
        boolean isGpu,
        int computeUnits,
        long memoryBytes) {
    private static final OpenClCheck CHECK = new OpenClCheck("OpenCL's loader");
    private static final int NO_PLATFORM = -1001;

    /**
     * All devices of all platforms, in the loader's order; at least one. Their numbers are those behind
     * {@code opencl:}.
     *
     * @throws LstmGpuException with exit code 4 and the reason if there is none
     */
    public static List<OpenClUnit> all() {
        OpenClLibrary.load(OpenClLibrary.name());
        List<OpenClUnit> units = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (cl_platform_id platform : platforms()) {
            String name = text(
                    (size, value, length) -> CL.clGetPlatformInfo(platform, CL.CL_PLATFORM_NAME, size, value, length));
            names.add(name);
            for (cl_device_id id : devices(platform)) {
                units.add(describe(platform, name, id));
            }
        }
        if (units.isEmpty()) {
            throw noDevice(names);
        }
        return units;
    }

    private static LstmGpuException noDevice(List<String> platforms) {
        String found = platforms.isEmpty()
                ? "OpenCL's loader knows no driver: install the OpenCL package of your GPU's maker"
                : "no device is there for OpenCL's %s: look whether the GPU is there and whether you may use it (groups render and video)"
                        .formatted(String.join(" and ", platforms));
        return new LstmGpuException(ExitCode.DEVICE, found + ", or use --device cpu");
    }

    private static cl_platform_id[] platforms() {
        int[] count = new int[1];
        int status = CL.clGetPlatformIDs(0, null, count);
        if (status == NO_PLATFORM || count[0] == 0) {
            return new cl_platform_id[0];
        }
        require(status, "looking for platforms");
        cl_platform_id[] platforms = new cl_platform_id[count[0]];
        require(CL.clGetPlatformIDs(platforms.length, platforms, null), "looking for platforms");
        return platforms;
    }

    private static cl_device_id[] devices(cl_platform_id platform) {
        int[] count = new int[1];
        int status = CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, 0, null, count);
        if (status == CL.CL_DEVICE_NOT_FOUND || count[0] == 0) {
            return new cl_device_id[0];
        }
        require(status, "looking for devices");
        cl_device_id[] devices = new cl_device_id[count[0]];
        require(
                CL.clGetDeviceIDs(platform, CL.CL_DEVICE_TYPE_ALL, devices.length, devices, null),
                "looking for devices");
        return devices;
    }

    private static OpenClUnit describe(cl_platform_id platformId, String platform, cl_device_id id) {
        return new OpenClUnit(
                platformId,
                id,
                platform,
                text(id, CL.CL_DEVICE_NAME),
                text(id, CL.CL_DEVICE_VERSION),
                text(id, CL.CL_DRIVER_VERSION),
                (number(id, CL.CL_DEVICE_TYPE, Sizeof.cl_long) & CL.CL_DEVICE_TYPE_GPU) != 0,
                (int) number(id, CL.CL_DEVICE_MAX_COMPUTE_UNITS, Sizeof.cl_uint),
                number(id, CL.CL_DEVICE_GLOBAL_MEM_SIZE, Sizeof.cl_long));
    }

    /** The most bytes of one buffer. */
    long largestBuffer() {
        return number(id, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE, Sizeof.cl_long);
    }

    /** One line for a person, without the name. */
    public String detail() {
        return "%s, %d compute units, %s, driver %s".formatted(platform, computeUnits, version.strip(), driver);
    }

    /** What decides whether a compiled kernel fits. */
    String identity() {
        return String.join("\n", platform, name, version, driver);
    }

    private static long number(cl_device_id id, int what, int bytes) {
        long[] value = new long[1];
        require(CL.clGetDeviceInfo(id, what, bytes, Pointer.to(value), null), "asking for a property of a device");
        return value[0];
    }

    private static String text(cl_device_id id, int what) {
        return text((size, value, length) -> CL.clGetDeviceInfo(id, what, size, value, length));
    }

    private interface Question {
        int ask(long size, Pointer value, long[] length);
    }

    private static String text(Question question) {
        long[] length = new long[1];
        require(question.ask(0, null, length), "asking for a name");
        byte[] text = new byte[Math.toIntExact(length[0])];
        require(question.ask(text.length, Pointer.to(text), null), "asking for a name");
        return new String(text, StandardCharsets.UTF_8).replace("\0", "").strip();
    }

    private static void require(int status, String operation) {
        if (status != CL.CL_SUCCESS) {
            throw new LstmGpuException(
                    ExitCode.DEVICE, CHECK.failure(status, operation).getMessage());
        }
    }
}
