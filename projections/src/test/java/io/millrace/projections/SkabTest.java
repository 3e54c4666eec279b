package io.millrace.projections;

import static io.millrace.projections.AlertTransition.Kind.CLEARED;
import static io.millrace.projections.AlertTransition.Kind.RAISED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.projections.RulesParser.Parsed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A valve at the inlet of a real pump is closed from 10:24:33 to 10:31:32 (Skoltech Anomaly Benchmark, valve1-0). The
 * flow falls by less than half a litre a minute, and single readings jitter by more, so that only a mean shows it.
 */
final class SkabTest {
    private static final Path RECORDING = Path.of(
            Objects.requireNonNullElse(System.getenv("MILLRACE_DATA"), "../../shared/data"), "skab/valve1-0.csv");
    private static final Instant FAULT = Instant.parse("2020-03-09T10:24:33Z");
    private static final Instant REPAIR = Instant.parse("2020-03-09T10:31:32Z");

    private static final String RULES = """
            rules:
              - name: inlet-valve-closed
                on: {device: "*", metric: "Volume Flow RateRMS"}
                window: {type: hopping, size: 3m, every: 1m}
                when: {aggregate: mean, below: 31.9, clear: 32.0, for: 1m}
                severity: major
            """;

    /** Shifted as well, since a recording moved to the present does not begin at the same second of a minute. */
    @ParameterizedTest(name = "recording moved by {0} s")
    @ValueSource(ints = {0, 10, 20, 30, 40, 50})
    void findsTheClosedValveAndItsOpening(int shiftSeconds) throws IOException {
        assumeThat(RECORDING).as("SKAB recordings, which are not ours to copy").exists();
        var engine = new Engine(
                ((Parsed.Valid) RulesParser.parse("rules.yaml", RULES.getBytes(StandardCharsets.UTF_8))).rules());
        var out = new Recorder();
        play(engine, shiftSeconds, out);

        assertThat(out.transitions).extracting(AlertTransition::kind).containsExactly(RAISED, CLEARED);
        assertThat(at(out.transitions.getFirst(), shiftSeconds)).isBetween(FAULT, FAULT.plusSeconds(180));
        assertThat(at(out.transitions.getLast(), shiftSeconds)).isBetween(REPAIR, REPAIR.plusSeconds(180));
    }

    private static void play(Engine engine, int shiftSeconds, Output out) throws IOException {
        var flow = new Series("bench", "Volume Flow RateRMS", "");
        List<String> lines = Files.readAllLines(RECORDING);
        int column = List.of(lines.getFirst().split(";", -1)).indexOf(flow.metric());
        for (int i = 1; i < lines.size(); i++) {
            String[] cells = lines.get(i).split(";", -1);
            Instant time = Instant.parse(cells[0].replace(' ', 'T') + "Z").plusSeconds(shiftSeconds);
            engine.event(
                    i,
                    "plant-1",
                    "gw-1",
                    flow,
                    time.getEpochSecond() * 1_000_000L,
                    Double.parseDouble(cells[column]),
                    Quality.GOOD,
                    false,
                    false,
                    out);
        }
    }

    private static Instant at(AlertTransition transition, int shiftSeconds) {
        return Instant.ofEpochSecond(transition.timeMicros() / 1_000_000L).minusSeconds(shiftSeconds);
    }
}
