package io.millrace.simulator.verify;

import io.millrace.model.Value;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.verify.Findings.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Readings that were sent without a time, and so are stored under that of their arrival: of each metric as many of a
 * value must be there as were produced. Which of equal ones is missing cannot be told. One that was sent again, since no
 * answer came, may be stored twice.
 */
final class Values {
    private final Population population;
    private final Produced produced;
    private final Findings findings;
    private final Map<Key, Integer> stored = new HashMap<>();

    /** What equal readings have in common. */
    private record Key(
            int fleet,
            int unit,
            int metric,
            int type,
            double value,
            @Nullable String text) {}

    Values(Population population, Produced produced, Findings findings) {
        this.population = population;
        this.produced = produced;
        this.findings = findings;
    }

    void add(Fleet fleet, int unit, int metric, StoredRow row) {
        String name = fleet.unitName(unit);
        if (!row.unit().isEmpty() || !row.agent().equals(name) || row.quality() != 0) {
            findings.add(
                    Kind.WRONG,
                    "%s %s has the unit '%s', is of agent %s and quality %d, expected none, %s and 0"
                            .formatted(row.device(), row.metric(), row.unit(), row.agent(), row.quality(), name));
            return;
        }
        double value = row.type() == 4 ? 0 : row.value();
        stored.merge(new Key(fleet.index(), unit, metric, row.type(), value, row.text()), 1, Integer::sum);
    }

    private static Key key(int fleet, int unit, int metric, Value value) {
        return switch (value) {
            case Value.Numeric(double number) -> new Key(fleet, unit, metric, 1, number, null);
            case Value.Whole(long number) -> new Key(fleet, unit, metric, 2, number, null);
            case Value.Bool(boolean on) -> new Key(fleet, unit, metric, 3, on ? 1 : 0, null);
            case Value.Text(String text) -> new Key(fleet, unit, metric, 4, 0, text);
        };
    }

    /** All rows were added. */
    void end() {
        Map<Key, Integer> repeats = new HashMap<>();
        for (Fleet fleet : population.fleets()) {
            for (int unit : fleet.format().hasTime() ? new int[0] : population.unitsOf(fleet)) {
                end(fleet, unit, repeats);
            }
        }
        stored.forEach((key, left) -> {
            Fleet fleet = population.fleets().get(key.fleet);
            String reading = "%s %s of %s"
                    .formatted(
                            fleet.unitName(key.unit),
                            fleet.metrics().get(key.metric).name(),
                            key.text == null ? String.valueOf(key.value) : key.text);
            Integer explained = repeats.get(key);
            for (int i = explained == null ? 0 : explained; i < left; i++) {
                findings.add(
                        explained == null ? Kind.WRONG : Kind.DUPLICATED,
                        explained == null ? reading + " was never produced" : reading);
            }
        });
    }

    private void end(Fleet fleet, int unit, Map<Key, Integer> repeats) {
        int metrics = fleet.metrics().size();
        long end = produced.events(fleet, unit);
        for (long event = 0; event < end; event++) {
            int metric = (int) (event % metrics);
            Value value = fleet.value(population.seed(), unit, event / metrics, metric);
            Key key = key(fleet.index(), unit, metric, value);
            repeats.merge(key, produced.repeats(fleet, unit, event), Integer::sum);
            int left = Objects.requireNonNullElse(stored.get(key), 0);
            if (left > 0) {
                stored.put(key, left - 1);
                findings.stored();
            } else {
                findings.add(
                        Kind.MISSING,
                        "%s %s, its reading %d"
                                .formatted(
                                        fleet.unitName(unit),
                                        fleet.metrics().get(metric).name(),
                                        event / metrics + 1));
            }
        }
    }
}
