package io.millrace.simulator.fleet;

import io.millrace.model.Names;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * All fleets of a run. The same seed and the same fleets produce the same events, at the same times since the run began.
 *
 * @param site where all of it is
 * @param fleets 1 or more; their names differ, and none is the beginning of another one's unit
 * @param horizonMicros how long they produce, in microseconds
 * @param part what of it is played here
 */
public record Population(long seed, String site, List<Fleet> fleets, long horizonMicros, Part part) {
    private static final int FINGERPRINT_SAMPLES = 100;

    public Population {
        Names.check("site", site);
        fleets = List.copyOf(fleets);
        if (fleets.isEmpty() || horizonMicros < 1) {
            throw new IllegalArgumentException("a population of %d fleets for %d microseconds, expected at least one"
                    .formatted(fleets.size(), horizonMicros));
        }
    }

    /** All of it. */
    public Population(long seed, String site, List<Fleet> fleets, long horizonMicros) {
        this(seed, site, fleets, horizonMicros, Part.ALL);
    }

    /** Another part of the same. */
    public Population with(Part otherPart) {
        return new Population(seed, site, fleets, horizonMicros, otherPart);
    }

    /** Whether a unit is played here. */
    public boolean includes(Fleet fleet, int unit) {
        return part.includes(fleet.index(), unit);
    }

    /** A fleet's units that are played here. */
    public int[] unitsOf(Fleet fleet) {
        return IntStream.range(0, fleet.units())
                .filter(unit -> includes(fleet, unit))
                .toArray();
    }

    /** The names of all units that are played here. */
    public Stream<String> unitNames() {
        return fleets.stream().flatMap(fleet -> Arrays.stream(unitsOf(fleet)).mapToObj(fleet::unitName));
    }

    /**
     * Tells populations apart that produce other events, whatever the reason: equal for all parts of one, on every
     * machine. Made of what they produce, not of how that is defined.
     *
     * @param more to be told apart as well
     */
    public String fingerprint(String more) {
        var text = new StringBuilder(more).append(seed).append(site).append(horizonMicros);
        for (Fleet fleet : fleets) {
            text.append(fleet.name()).append(fleet.transport()).append(fleet.units());
            text.append('*').append(fleet.devicesPerUnit()).append(fleet.samples(horizonMicros));
            text.append(fleet.rampMicros()).append(fleet.format());
            for (long sample = 0; sample < Math.min(FINGERPRINT_SAMPLES, fleet.samplesOf(0, horizonMicros)); sample++) {
                text.append(fleet.stampMicros(seed, 0, sample));
                for (int metric = 0; metric < fleet.metrics().size(); metric++) {
                    text.append(fleet.metrics().get(metric).name())
                            .append(fleet.metrics().get(metric).unit())
                            .append(fleet.value(seed, 0, sample, metric));
                }
            }
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        return UUID.nameUUIDFromBytes(bytes).toString();
    }

    /** Events that are produced here. */
    public long events() {
        long events = 0;
        for (Fleet fleet : fleets) {
            for (int unit : unitsOf(fleet)) {
                events += fleet.eventsOf(unit, horizonMicros);
            }
        }
        return events;
    }

    /** Connections that are made here. */
    public int units() {
        return fleets.stream().mapToInt(fleet -> unitsOf(fleet).length).sum();
    }

    /** Connections of one kind that are made here. */
    public int units(Fleet.Transport transport) {
        return fleets.stream()
                .filter(fleet -> fleet.transport() == transport)
                .mapToInt(fleet -> unitsOf(fleet).length)
                .sum();
    }
}
