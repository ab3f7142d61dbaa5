package lstmgpu.backend.cuda.libraries;

/** What to do about a library that is missing. Versions fit the driver, as far as that is known. */
final class LibraryAdvice {
    static final String DRIVER = "install NVIDIA's driver (525 or newer), or use --device cpu";
    static final String BRIDGE = "install cmake and a C++ compiler and build again, or install cuBLAS of CUDA 12";

    private static final String ELSEWHERE = ", or set LSTM_GPU_CUDA to the folder that has it";

    private LibraryAdvice() {}

    static String cublas(int driverVersion) {
        return "pip install " + (isThirteen(driverVersion) ? "nvidia-cublas" : "nvidia-cublas-cu12") + ELSEWHERE;
    }

    static String cudnn(int driverVersion) {
        return "pip install " + (isThirteen(driverVersion) ? "nvidia-cudnn-cu13" : "nvidia-cudnn-cu12") + ELSEWHERE;
    }

    static String nvrtc(int driverVersion) {
        return "pip install " + (isThirteen(driverVersion) ? "nvidia-cuda-nvrtc" : "nvidia-cuda-nvrtc-cu12")
                + ELSEWHERE;
    }

    static String nccl(int driverVersion) {
        return "pip install " + (isThirteen(driverVersion) ? "nvidia-nccl-cu13" : "nvidia-nccl-cu12") + ELSEWHERE;
    }

    private static boolean isThirteen(int driverVersion) {
        return driverVersion >= 13_000;
    }
}
