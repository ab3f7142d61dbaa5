package lstmgpu.cli.report;

import lstmgpu.ChoiceName;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** The names of an enum's values as people type and read them. */
public final class Choices {
    private Choices() {}

    /** Lets flags of this type take the names. */
    public static <E extends Enum<E>> void register(CommandLine root, Class<E> type) {
        root.registerConverter(
                type,
                text -> ChoiceName.find(type, text)
                        .orElseThrow(() ->
                                new TypeConversionException("it is one of " + ChoiceName.all(type) + ", not " + text)));
    }

    public static String name(Enum<?> value) {
        return ChoiceName.of(value);
    }
}
