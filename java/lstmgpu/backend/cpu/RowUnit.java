package lstmgpu.backend.cpu;

import java.lang.foreign.SymbolLookup;
import java.util.Arrays;
import java.util.List;

/** What of a processor multiplies rows of rounded weights, {@code native/row_product.cpp}; all give the same. */
enum RowUnit {
    /** AVX2. */
    VECTORS(0),
    /** AVX-512 with VNNI. */
    WIDE_VECTORS(1),
    /** AMX beside several texts, and the vectors beside one. */
    TILES(2);

    static final String LIBRARY = "row_product";
    private static final SymbolLookup SYMBOLS = NativeProduct.library(LIBRARY);
    private static final int BITS = SYMBOLS == null ? 0 : NativeProduct.runsHere(SYMBOLS, LIBRARY);

    private final int number;

    /** @param number the native functions' */
    RowUnit(int number) {
        this.number = number;
    }

    /** As {@code native/row_product.cpp} numbers what multiplies for a single text. */
    int number() {
        return this == TILES ? WIDE_VECTORS.number : number;
    }

    /** Whether tile registers multiply bytes for so many texts. */
    boolean tilesFor(int texts) {
        return this == TILES && texts > 1;
    }

    /** Those that this processor and this build of the program have, slowest first. */
    static List<RowUnit> present() {
        return Arrays.stream(values())
                .filter(unit -> (BITS >> unit.number & 1) != 0)
                .toList();
    }

    /** The fastest, or null where there is none. */
    static RowUnit fastest() {
        return present().isEmpty() ? null : present().getLast();
    }

    static SymbolLookup library() {
        return SYMBOLS;
    }
}
