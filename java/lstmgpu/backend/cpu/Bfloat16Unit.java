package lstmgpu.backend.cpu;

import java.lang.foreign.SymbolLookup;
import java.util.Arrays;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;

/** The parts of a processor that multiply in bfloat16; each adds in an order of its own. */
public enum Bfloat16Unit {
    /** Vectors of 32 factors. */
    VECTORS("AVX512-BF16", 1),
    /** Tiles of 16 rows of 32 factors. */
    TILES("AMX", 2);

    private static final SymbolLookup LIBRARY = NativeProduct.library(Bfloat16Product.NAME);
    private static final int BITS = LIBRARY == null ? 0 : NativeProduct.runsHere(LIBRARY, Bfloat16Product.NAME);

    private final String title;
    private final int number;

    /** @param number the native function's */
    Bfloat16Unit(String title, int number) {
        this.title = title;
        this.number = number;
    }

    /** What the makers of processors call it. */
    public String title() {
        return title;
    }

    /** As {@code native/bfloat16_product.cpp} numbers it. */
    int number() {
        return number;
    }

    /** Whether this processor, its system and this build of the program have it. */
    public boolean isPresent() {
        return (BITS >> number & 1) != 0;
    }

    /** Those that are present, slowest first. */
    public static List<Bfloat16Unit> present() {
        return Arrays.stream(values()).filter(Bfloat16Unit::isPresent).toList();
    }

    /** The fastest, or null where there is none. */
    public static Bfloat16Unit fastest() {
        return present().isEmpty() ? null : present().getLast();
    }

    /** The refusal where there is none: what is missing, and what to do. */
    static LstmGpuException absence() {
        String missing = LIBRARY == null
                ? "this build of the program lacks native/%s, which takes a C++ compiler such as gcc 11 to build"
                        .formatted(Bfloat16Product.NAME)
                : "this processor has neither AVX512-BF16 nor AMX";
        return new LstmGpuException(
                ExitCode.DEVICE, "--precision bf16 cannot run on the CPU: %s; use --precision fp32".formatted(missing));
    }

    static SymbolLookup library() {
        return LIBRARY;
    }
}
