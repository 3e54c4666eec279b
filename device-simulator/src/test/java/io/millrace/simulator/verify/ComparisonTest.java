package io.millrace.simulator.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Value;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Format;
import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.Part;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.fleet.Signal;
import io.millrace.simulator.fleet.Skew;
import io.millrace.simulator.verify.Findings.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A check that cannot fail proves nothing: each kind of damage is done once, and must be found once. */
class ComparisonTest {
    private static final long START = 1_700_000_000_000_000L;
    private static final Metric TEMPERATURE = new Metric("temperature", "°C", new Signal.Sine(21, 4, 600, 0.1, 2));
    private static final Metric DOOR = new Metric("door", "", new Signal.OnOff(3, 0.5));
    private static final Metric COUNT = new Metric("count", "", new Signal.Counter(10, 1_000));

    private static final Population POPULATION = new Population(
            7,
            "sim",
            List.of(
                    new Fleet(0, "device", Transport.PLAIN, 5, 1, List.of(TEMPERATURE, DOOR), 50, 0.2),
                    new Fleet(1, "agent", Transport.AGENT, 3, 4, List.of(COUNT), 100, 0)),
            10_000_000);

    private final List<StoredRow> rows = new ArrayList<>();

    @BeforeEach
    void storeAll() {
        for (Fleet fleet : POPULATION.fleets()) {
            for (int unit = 0; unit < fleet.units(); unit++) {
                for (long event = 0; event < fleet.eventsOf(unit, POPULATION.horizonMicros()); event++) {
                    rows.add(row(fleet, unit, event));
                }
            }
        }
        Collections.shuffle(rows, new Random(1));
    }

    private static StoredRow row(Fleet fleet, int unit, long event) {
        int metrics = fleet.metrics().size();
        long sample = event / metrics;
        Metric metric = fleet.metrics().get((int) (event % metrics));
        Value value = fleet.value(POPULATION.seed(), unit, sample, (int) (event % metrics));
        return new StoredRow(
                START + fleet.offsetMicros(POPULATION.seed(), unit, sample),
                fleet.unitName(unit),
                fleet.deviceName(unit, fleet.deviceOf(sample)),
                metric.name(),
                metric.unit(),
                switch (value) {
                    case Value.Numeric _ -> 1;
                    case Value.Whole _ -> 2;
                    case Value.Bool _ -> 3;
                    case Value.Text _ -> 4;
                },
                switch (value) {
                    case Value.Numeric(double number) -> number;
                    case Value.Whole(long number) -> number;
                    case Value.Bool(boolean on) -> on ? 1 : 0;
                    case Value.Text _ -> Double.NaN;
                },
                null,
                0);
    }

    private Findings compare() {
        return compare(POPULATION);
    }

    private Findings compare(Population population) {
        return compare(population, 0);
    }

    private Findings compare(Population population, int repeats) {
        var produced = new Produced() {
            @Override
            public long events(Fleet fleet, int unit) {
                return fleet.eventsOf(unit, POPULATION.horizonMicros());
            }

            @Override
            public int repeats(Fleet fleet, int unit, long event) {
                return repeats;
            }
        };
        var comparison = new Comparison(population, produced, START);
        rows.forEach(comparison::add);
        return comparison.end();
    }

    @Test
    void whatIsStoredOnceAndAsProducedIsClean() {
        Findings findings = compare();
        assertThat(findings.isClean()).isTrue();
        assertThat(findings.storedCount()).isEqualTo(POPULATION.events()).isEqualTo(2_000);
    }

    @Test
    void oneLostEventOfAllIsMissingByName() {
        StoredRow lost = rows.removeLast();
        Findings findings = compare();
        assertThat(findings.count(Kind.MISSING)).isEqualTo(1);
        assertThat(findings.first(Kind.MISSING).getFirst())
                .startsWith(lost.device() + " " + lost.metric() + " at 2023-");
        assertThat(findings.isClean()).isFalse();
    }

    @Test
    void oneDoubledEventOfAllIsDuplicated() {
        rows.add(rows.getFirst());
        Findings findings = compare();
        assertThat(findings.count(Kind.DUPLICATED)).isEqualTo(1);
        assertThat(findings.count(Kind.MISSING)).isZero();
        assertThat(findings.storedCount()).isEqualTo(2_000);
    }

    @Test
    void anotherValueTypeUnitAgentOrQualityIsWrong() {
        StoredRow r = rows.removeFirst();
        List<StoredRow> damaged = List.of(
                new StoredRow(r.timeMicros(), r.agent(), r.device(), r.metric(), r.unit(), r.type(), 99, null, 0),
                new StoredRow(r.timeMicros(), r.agent(), r.device(), r.metric(), r.unit(), 4, r.value(), "x", 0),
                new StoredRow(r.timeMicros(), r.agent(), r.device(), r.metric(), "K", r.type(), r.value(), null, 0),
                new StoredRow(r.timeMicros(), "x", r.device(), r.metric(), r.unit(), r.type(), r.value(), null, 0),
                new StoredRow(
                        r.timeMicros(), r.agent(), r.device(), r.metric(), r.unit(), r.type(), r.value(), null, 2));
        for (StoredRow each : damaged) {
            rows.add(each);
            Findings findings = compare();
            assertThat(findings.count(Kind.WRONG)).as(each.toString()).isEqualTo(1);
            assertThat(findings.storedCount()).isEqualTo(2_000);
            rows.removeLast();
        }
    }

    @Test
    void whatNobodyProducedIsWrong() {
        StoredRow r = rows.getFirst();
        rows.add(new StoredRow(r.timeMicros() + 1, r.agent(), r.device(), r.metric(), r.unit(), r.type(), 1, null, 0));
        rows.add(new StoredRow(r.timeMicros(), r.agent(), "nobody", r.metric(), r.unit(), r.type(), 1, null, 0));
        rows.add(new StoredRow(r.timeMicros(), r.agent(), r.device(), "nothing", r.unit(), r.type(), 1, null, 0));
        rows.add(row(POPULATION.fleets().getFirst(), 0, 10_000)); // after the end
        Findings findings = compare();
        assertThat(findings.count(Kind.WRONG)).isEqualTo(4);
        assertThat(findings.count(Kind.MISSING)).isZero();
        assertThat(findings.storedCount()).isEqualTo(2_000);
    }

    /** Without a time, readings are told apart by their values only. */
    @Test
    void ofReadingsWithoutATimeAsManyOfEachValueMustBeThere() {
        Fleet fleet = new Fleet(0, "bare", Transport.PLAIN, 3, 1, List.of(COUNT, DOOR), 60, 0)
                .with(Skew.NONE, new Format(new Format.Payload.Bare(), null), 0);
        var population = new Population(7, "sim", List.of(fleet), 10_000_000);
        rows.clear();
        for (int unit = 0; unit < 3; unit++) {
            for (long event = 0; event < 400; event++) {
                StoredRow row = row(fleet, unit, event);
                rows.add(new StoredRow(
                        row.timeMicros() + 777,
                        row.agent(),
                        row.device(),
                        row.metric(),
                        "",
                        row.type(),
                        row.value(),
                        null,
                        0));
            }
        }
        Collections.shuffle(rows, new Random(1));
        assertThat(compare(population).isClean()).isTrue();
        assertThat(compare(population).storedCount()).isEqualTo(1_200);

        StoredRow lost = rows.removeLast();
        assertThat(compare(population).count(Kind.MISSING)).isEqualTo(1);
        assertThat(compare(population).first(Kind.MISSING).getFirst())
                .startsWith(lost.device() + " " + lost.metric() + ", its reading ");
        rows.add(lost);
        rows.add(lost);
        assertThat(compare(population).count(Kind.DUPLICATED)).isEqualTo(1);
        assertThat(compare(population, 1).isClean()).as("it was sent again").isTrue();
        rows.removeLast();
        rows.removeLast();
        rows.add(new StoredRow(lost.timeMicros(), lost.agent(), lost.device(), "count", "", 2, -5, null, 0));
        assertThat(compare(population).count(Kind.WRONG)).isEqualTo(1);
        assertThat(compare(population).count(Kind.MISSING)).isEqualTo(1);
    }

    @Test
    void aPartLooksAfterItsOwnOnly() {
        Population part = POPULATION.with(new Part(1, 2));
        assertThat(compare(part).isClean()).isTrue();
        assertThat(compare(part).storedCount()).isEqualTo(part.events()).isBetween(1L, 1_999L);
        rows.clear();
        assertThat(compare(part).count(Kind.MISSING)).isEqualTo(part.events());
    }
}
