package lstmgpu.data;

import java.math.BigDecimal;
import java.math.RoundingMode;
import lstmgpu.LstmGpuException;

/**
 * How many tokens train, validate and test, in this order along the text.
 *
 * <p>The boundaries are ⌊N·(1 − validation − test)⌋ and ⌊N·(1 − test)⌋, computed in decimal as the fractions were
 * written.
 */
public record Split(long train, long validation, long test) {
    /**
     * @throws LstmGpuException with exit code 2 if a fraction is outside [0, 1) or nothing would be left to train
     */
    public static Split of(long tokens, double validationFraction, double testFraction) {
        BigDecimal validation = checked("--val-frac", validationFraction);
        BigDecimal test = checked("--test-frac", testFraction);
        BigDecimal train = BigDecimal.ONE.subtract(validation).subtract(test);
        if (train.signum() <= 0) {
            throw LstmGpuException.usage(
                    "--val-frac %s and --test-frac %s leave nothing to train on; their sum must be below 1",
                    validation, test);
        }
        long trainEnd = share(tokens, train);
        long validationEnd = share(tokens, BigDecimal.ONE.subtract(test));
        return new Split(trainEnd, validationEnd - trainEnd, tokens - validationEnd);
    }

    private static BigDecimal checked(String name, double fraction) {
        if (!(fraction >= 0 && fraction < 1)) {
            throw LstmGpuException.usage("%s %s is out of range; it is at least 0 and below 1", name, fraction);
        }
        return BigDecimal.valueOf(fraction);
    }

    private static long share(long tokens, BigDecimal fraction) {
        return fraction.multiply(BigDecimal.valueOf(tokens))
                .setScale(0, RoundingMode.FLOOR)
                .longValueExact();
    }
}
