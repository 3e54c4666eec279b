package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.projections.RulesParser.Parsed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the rules of {@code docs/examples/recordings.yaml} find in recordings beside the repository, whose faults are
 * labelled. The figures are those of {@code docs/examples/recordings.md}: change one with the other.
 */
final class RecordingsTest {
    private static final Path DATA = Path.of("../../shared/data");
    private static final Path RULES = Path.of("../docs/examples/recordings.yaml");
    private static final int FOUND = 11;
    private static final int FALSE_ALERTS = 20;

    private record Fault(Instant from, Instant to) {}

    private record Alert(String rule, Instant raised, Instant cleared) {}

    /**
     * @param found for each fault, how long after its begin the first alert was raised; null if none was
     * @param falseAlerts open in no fault
     */
    private record Result(String name, Duration length, List<@Nullable Duration> found, int falseAlerts) {}

    @Test
    void findsMostOfTheFaultsWithOneSetOfRules() throws IOException {
        assumeThat(DATA).as("recordings, which are not ours to copy").exists();
        var results = new ArrayList<Result>();
        try (Stream<Path> files = Files.list(DATA.resolve("skab"))) {
            for (Path file : files.sorted().toList()) {
                results.add(skab(file));
            }
        }
        results.add(nab(
                "machine",
                "machine_temperature_system_failure.csv",
                "2013-12-10T06:25/2013-12-12T05:35",
                "2013-12-15T17:50/2013-12-17T17:00",
                "2014-01-27T14:20/2014-01-29T13:30",
                "2014-02-07T14:55/2014-02-09T14:05"));
        results.add(nab(
                "office",
                "ambient_temperature_system_failure.csv",
                "2013-12-15T07:00/2013-12-30T09:00",
                "2014-03-29T15:00/2014-04-20T22:00"));
        results.forEach(RecordingsTest::print);
        long faults = results.stream().mapToLong(r -> r.found.size()).sum();
        long found = results.stream()
                .flatMap(r -> r.found.stream())
                .filter(after -> after != null)
                .count();
        double hours = results.stream().mapToLong(r -> r.length.toSeconds()).sum() / 3_600.0;
        int falseAlerts = results.stream().mapToInt(Result::falseAlerts).sum();
        System.out.printf(
                Locale.ROOT,
                "found %d of %d, false alerts %d in %.1f h, %.1f per 1000 h%n",
                found,
                faults,
                falseAlerts,
                hours,
                1_000 * falseAlerts / hours);
        assertThat(faults).isEqualTo(12);
        assertThat(found).isEqualTo(FOUND);
        assertThat(falseAlerts).isEqualTo(FALSE_ALERTS);
    }

    private static void print(Result r) {
        System.out.printf(
                Locale.ROOT,
                "%-30s %8.1f h  found after %s  false %d%n",
                r.name,
                r.length.toSeconds() / 3_600.0,
                r.found,
                r.falseAlerts);
    }

    private static Result skab(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> names = List.of(lines.getFirst().split(";", -1));
        var engine = engine();
        var out = new Recorder();
        var faults = new ArrayList<Fault>();
        int label = names.indexOf("anomaly");
        boolean wasFault = false;
        for (int i = 1; i < lines.size(); i++) {
            String[] cells = lines.get(i).split(";", -1);
            Instant time = time(cells[0]);
            for (int c = 1; c < cells.length; c++) {
                if (!names.get(c).equals("anomaly") && !names.get(c).equals("changepoint")) {
                    read(engine, i, new Series("bench", names.get(c), ""), time, cells[c], out);
                }
            }
            boolean isFault = label > 0 && Double.parseDouble(cells[label]) > 0;
            if (isFault) {
                Fault last = wasFault ? faults.removeLast() : new Fault(time, time);
                faults.add(new Fault(last.from, time));
            }
            wasFault = isFault;
        }
        return result(file.getFileName().toString(), lines, ";", faults, out);
    }

    private static Result nab(String device, String file, String... faults) throws IOException {
        List<String> lines = Files.readAllLines(DATA.resolve("nab").resolve(file));
        var engine = engine();
        var out = new Recorder();
        for (int i = 1; i < lines.size(); i++) {
            String[] cells = lines.get(i).split(",", -1);
            read(engine, i, new Series(device, "temperature", "°F"), time(cells[0]), cells[1], out);
        }
        List<Fault> windows = Stream.of(faults)
                .map(f -> f.split("/", -1))
                .map(f -> new Fault(Instant.parse(f[0] + ":00Z"), Instant.parse(f[1] + ":00Z")))
                .toList();
        return result(file, lines, ",", windows, out);
    }

    private static Engine engine() throws IOException {
        return new Engine(((Parsed.Valid) RulesParser.read(RULES)).rules());
    }

    private static void read(Engine engine, long position, Series series, Instant time, String value, Output out) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
        engine.event(
                position, "lab", "gw-1", series, micros, Double.parseDouble(value), Quality.GOOD, false, false, out);
    }

    private static Result result(String name, List<String> lines, String delimiter, List<Fault> faults, Recorder out) {
        Instant begin = time(lines.get(1).split(delimiter, -1)[0]);
        Instant end = time(lines.getLast().split(delimiter, -1)[0]);
        List<Alert> alerts = alerts(out);
        var found = new ArrayList<@Nullable Duration>();
        for (Fault fault : faults) {
            found.add(alerts.stream()
                    .filter(alert -> overlap(alert, fault))
                    .map(alert -> Duration.between(fault.from, alert.raised))
                    .min(Duration::compareTo)
                    .orElse(null));
        }
        long wrong = alerts.stream()
                .filter(alert -> faults.stream().noneMatch(fault -> overlap(alert, fault)))
                .count();
        return new Result(name, Duration.between(begin, end), found, (int) wrong);
    }

    private static boolean overlap(Alert alert, Fault fault) {
        return !alert.raised.isAfter(fault.to) && alert.cleared.isAfter(fault.from);
    }

    private static List<Alert> alerts(Recorder out) {
        var alerts = new ArrayList<Alert>();
        for (AlertTransition t : out.transitions) {
            if (t.kind() == AlertTransition.Kind.RAISED) {
                Instant cleared = out.transitions.stream()
                        .filter(c -> c.kind() == AlertTransition.Kind.CLEARED
                                && c.alert().equals(t.alert()))
                        .map(c -> instant(c.timeMicros()))
                        .findFirst()
                        .orElse(Instant.MAX);
                alerts.add(new Alert(t.rule(), instant(t.timeMicros()), cleared));
            }
        }
        return alerts;
    }

    private static Instant time(String text) {
        return Instant.parse(text.replace(' ', 'T') + "Z");
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
