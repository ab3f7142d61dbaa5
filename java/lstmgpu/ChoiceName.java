package lstmgpu;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names of an enum's values as people type and read them. */
public final class ChoiceName {
    private ChoiceName() {}

    /** Lower case, such as "rnn_tanh". */
    public static String of(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** The value of that name, however its letters and dashes are written. */
    public static <E extends Enum<E>> Optional<E> find(Class<E> type, String name) {
        String plain = name.toLowerCase(Locale.ROOT).replace('-', '_');
        return Stream.of(type.getEnumConstants())
                .filter(value -> of(value).equals(plain))
                .findFirst();
    }

    /** All names, for a message. */
    public static String all(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants()).map(ChoiceName::of).collect(Collectors.joining(", "));
    }
}
