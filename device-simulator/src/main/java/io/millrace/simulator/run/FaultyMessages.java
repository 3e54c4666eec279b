package io.millrace.simulator.run;

import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Population;
import java.nio.charset.StandardCharsets;

/** What may befall each message of one unit; counts what it does. */
final class FaultyMessages {
    private final Faults faults;
    private final Tally tally;
    private final long seed;
    private final Fleet fleet;
    private final int unit;

    FaultyMessages(Faults faults, Tally tally, Population population, Fleet fleet, int unit) {
        this.faults = faults;
        this.tally = tally;
        this.seed = population.seed();
        this.fleet = fleet;
        this.unit = unit;
    }

    boolean isDuplicated(long n) {
        return counted("duplicate", faults.isDuplicated(seed, fleet, unit, n));
    }

    /** In milliseconds, 0 if it goes at once. */
    long heldBackMillis(long n) {
        long micros = faults.heldBackMicros(seed, fleet, unit, n);
        counted("reorder", micros > 0);
        return (micros + 999) / 1_000;
    }

    boolean isGarbageSent(long n) {
        return counted("garbage", faults.isGarbageSent(seed, fleet, unit, n));
    }

    private boolean counted(String fault, boolean is) {
        if (is) {
            tally.fault(fault);
        }
        return is;
    }

    /** Something that no gateway can read, each time something else. */
    byte[] garbage(long n) {
        String text = switch ((int) (n % 4)) {
            case 0 -> "garbage %d of %d/%d";
            case 1 -> "{\"value\": %d.%d, \"ts\": \"yesterday %d\"}";
            case 2 -> "{\"value\": %d%d, \"colour\": \"red %d\"}";
            default -> "{\"value\": %d, \"n\": [%d, %d";
        };
        return text.formatted(n, fleet.index(), unit).getBytes(StandardCharsets.UTF_8);
    }
}
