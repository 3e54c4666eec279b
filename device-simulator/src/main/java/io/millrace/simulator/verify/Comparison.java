package io.millrace.simulator.verify;

import io.millrace.model.Value;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.verify.Findings.Kind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Holds rows, in any order, against what the seed says was produced. Pure. */
final class Comparison {
    private final Population population;
    private final Produced produced;
    private final long startMicros;
    private final BitSet[][] seen;
    private final Map<String, Source> sources = new HashMap<>();
    private final Findings findings = new Findings(Findings.Where.STORE);
    private final Values values;

    /** A device by its name. */
    private record Source(Fleet fleet, Fleet.Device device) {}

    /**
     * @param startMicros when the run began, since 1970
     */
    Comparison(Population population, Produced produced, long startMicros) {
        this.population = population;
        this.produced = produced;
        this.startMicros = startMicros;
        this.values = new Values(population, produced, findings);
        this.seen = new BitSet[population.fleets().size()][];
        for (int f = 0; f < seen.length; f++) {
            seen[f] = new BitSet[population.fleets().get(f).units()];
        }
    }

    void add(StoredRow row) {
        Source source = sources.computeIfAbsent(row.device(), this::find);
        if (source != null && !population.includes(source.fleet, source.device.unit())) {
            return; // another part's, which looks after it
        }
        int metric = source == null ? -1 : metricOf(source.fleet, row.metric());
        if (source != null && metric >= 0 && !source.fleet.format().hasTime()) {
            values.add(source.fleet, source.device.unit(), metric, row);
            return;
        }
        long event = source == null ? -1 : eventOf(source, row);
        if (source == null || event < 0) {
            findings.add(Kind.WRONG, "%s was never produced".formatted(named(row)));
            return;
        }
        BitSet ofUnit = seen(source.fleet, source.device.unit());
        if (ofUnit.get((int) event)) {
            findings.add(Kind.DUPLICATED, named(row));
            return;
        }
        ofUnit.set((int) event);
        findings.stored();
        String mistake = mistake(source, event, row);
        if (mistake != null) {
            findings.add(Kind.WRONG, named(row) + " " + mistake);
        }
    }

    private @Nullable Source find(String device) {
        for (Fleet fleet : population.fleets()) {
            Fleet.Device found = fleet.device(device);
            if (found != null) {
                return new Source(fleet, found);
            }
        }
        return null;
    }

    /** Which event of its unit it is, -1 if none that was produced. */
    private long eventOf(Source source, StoredRow row) {
        Fleet fleet = source.fleet;
        int unit = source.device.unit();
        long sample = fleet.sampleAt(population.seed(), unit, source.device.device(), row.timeMicros() - startMicros);
        int metric = metricOf(fleet, row.metric());
        long event = sample * fleet.metrics().size() + metric;
        return sample < 0 || metric < 0 || event >= produced.events(fleet, unit) ? -1 : event;
    }

    private static int metricOf(Fleet fleet, String name) {
        for (int i = 0; i < fleet.metrics().size(); i++) {
            if (fleet.metrics().get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private BitSet seen(Fleet fleet, int unit) {
        BitSet ofUnit = seen[fleet.index()][unit];
        if (ofUnit == null) {
            ofUnit = new BitSet();
            seen[fleet.index()][unit] = ofUnit;
        }
        return ofUnit;
    }

    private @Nullable String mistake(Source source, long event, StoredRow row) {
        Fleet fleet = source.fleet;
        int unit = source.device.unit();
        int metrics = fleet.metrics().size();
        Metric metric = fleet.metrics().get((int) (event % metrics));
        Value expected = fleet.value(population.seed(), unit, event / metrics, (int) (event % metrics));
        if (!isEqual(expected, row)) {
            return "is stored as %s of type %d, expected %s"
                    .formatted(row.text() == null ? row.value() : row.text(), row.type(), expected);
        }
        if (!row.unit().equals(metric.unit())) {
            return "has the unit '%s', expected '%s'".formatted(row.unit(), metric.unit());
        }
        if (!row.agent().equals(fleet.unitName(unit)) || row.quality() != 0) {
            return "is of agent %s and quality %d, expected %s and 0"
                    .formatted(row.agent(), row.quality(), fleet.unitName(unit));
        }
        return null;
    }

    private static boolean isEqual(Value expected, StoredRow row) {
        return switch (expected) {
            case Value.Numeric(double number) -> row.type() == 1 && number == row.value();
            case Value.Whole(long number) -> row.type() == 2 && (double) number == row.value();
            case Value.Bool(boolean on) -> row.type() == 3 && row.value() == (on ? 1 : 0);
            case Value.Text(String text) -> row.type() == 4 && Objects.equals(text, row.text());
        };
    }

    private static String named(StoredRow row) {
        return "%s %s at %s".formatted(row.device(), row.metric(), time(row.timeMicros()));
    }

    private static String time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }

    /** All rows were added: what was produced and did not come is missing. To be called once. */
    Findings end() {
        values.end();
        for (Fleet fleet : population.fleets()) {
            for (int unit : fleet.format().hasTime() ? population.unitsOf(fleet) : new int[0]) {
                BitSet ofUnit = seen(fleet, unit);
                long end = produced.events(fleet, unit);
                for (int event = ofUnit.nextClearBit(0); event < end; event = ofUnit.nextClearBit(event + 1)) {
                    findings.add(Kind.MISSING, named(fleet, unit, event));
                }
            }
        }
        return findings;
    }

    private String named(Fleet fleet, int unit, long event) {
        long sample = event / fleet.metrics().size();
        return "%s %s at %s"
                .formatted(
                        fleet.deviceName(unit, fleet.deviceOf(sample)),
                        fleet.metrics()
                                .get((int) (event % fleet.metrics().size()))
                                .name(),
                        time(startMicros + fleet.stampMicros(population.seed(), unit, sample)));
    }
}
