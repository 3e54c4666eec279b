package io.millrace.projections;

/**
 * Keeps an alert raised while its condition comes and goes, as Nagios does: of the last 21 judgements, the share of those
 * that changed between good and bad, recent ones counting up to 1.25, old ones down to 0.75.
 *
 * @param above flapping begins beyond this share, in percent
 * @param clear and ends below this one; at most {@code above}
 */
public record Flapping(double above, double clear) {
    /** How many count. */
    static final int JUDGEMENTS = 21;

    private static final int MASK = (1 << JUDGEMENTS) - 1;
    private static final double WEIGHT_OLD = 0.75;
    private static final double WEIGHT_NEW = 1.25;

    public Flapping {
        if (!(clear > 0 && clear <= above && above <= 100)) {
            throw new IllegalArgumentException(
                    "flapping is above %s and clear %s percent, expected 0 < clear <= above <= 100"
                            .formatted(above, clear));
        }
    }

    /** What {@code judgements} become with one more, the latest in the lowest bit. */
    static int next(int judgements, boolean bad) {
        return (judgements << 1 | (bad ? 1 : 0)) & MASK;
    }

    /** Whether it flaps, having flapped before or not. */
    boolean flaps(int judgements, boolean before) {
        double percent = percent(judgements);
        return before ? percent >= clear : percent > above;
    }

    /** 0 to 100. */
    static double percent(int judgements) {
        int changes = judgements ^ (judgements >> 1);
        double sum = 0;
        for (int age = 0; age < JUDGEMENTS - 1; age++) {
            if ((changes >> age & 1) == 1) {
                sum += WEIGHT_NEW - age * (WEIGHT_NEW - WEIGHT_OLD) / (JUDGEMENTS - 2);
            }
        }
        return 100 * sum / (JUDGEMENTS - 1);
    }
}
