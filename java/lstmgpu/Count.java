package lstmgpu;

import java.util.Locale;

/** Numbers of things as people read them. */
public final class Count {
    private Count() {}

    /**
     * {@code 1 step}, {@code 6,370 steps}.
     *
     * @param thing its singular, whose plural is made with an s
     */
    public static String of(long number, String thing) {
        return String.format(Locale.ROOT, number == 1 ? "%,d %s" : "%,d %ss", number, thing);
    }
}
