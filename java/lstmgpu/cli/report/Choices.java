package lstmgpu.cli.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** The names of an enum's values as people type and read them. */
public final class Choices {
    private Choices() {}

    /** Lets flags of this type take the names. */
    public static <E extends Enum<E>> void register(CommandLine root, Class<E> type) {
        root.registerConverter(type, text -> choice(type, text));
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String text) {
        return Stream.of(type.getEnumConstants())
                .filter(value ->
                        name(value).equals(text.toLowerCase(Locale.ROOT).replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("it is one of " + names(type) + ", not " + text));
    }

    private static String names(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants()).map(Choices::name).collect(Collectors.joining(", "));
    }

    public static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
