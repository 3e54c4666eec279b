package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.projections.RulesParser.Parsed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What the rules of {@code docs/examples/recordings.yaml} find in recordings beside the repository, whose faults are
 * labelled. The figures are those of {@code docs/examples/recordings.md}: change one with the other.
 */
final class RecordingsTest {
    private static final Path DATA =
            Path.of(Objects.requireNonNullElse(System.getenv("MILLRACE_DATA"), "../../shared/data"));
    private static final Path RULES = Path.of("../docs/examples/recordings.yaml");
    private static final int FOUND = 11;
    private static final int FALSE_ALERTS = 20;
    private static final Score LEFT_OUT = new Score(5, 6, 13);
    private static final Score SECOND_HALVES = new Score(1, 3, 4);

    private static final String MACHINE = "machine_temperature_system_failure.csv";
    private static final List<String> MACHINE_FAULTS = List.of(
            "2013-12-10T06:25/2013-12-12T05:35",
            "2013-12-15T17:50/2013-12-17T17:00",
            "2014-01-27T14:20/2014-01-29T13:30",
            "2014-02-07T14:55/2014-02-09T14:05");
    private static final String OFFICE = "ambient_temperature_system_failure.csv";
    private static final List<String> OFFICE_FAULTS =
            List.of("2013-12-15T07:00/2013-12-30T09:00", "2014-03-29T15:00/2014-04-20T22:00");

    private record Fault(Instant from, Instant to) {}

    private record Alert(String rule, Instant raised) {}

    /**
     * @param found for each fault, how long after its begin the first alert was raised in it; null if none was
     * @param falseAlerts raised in no fault
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
        results.add(nab("machine", MACHINE, MACHINE_FAULTS));
        results.add(nab("office", OFFICE, OFFICE_FAULTS));
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

    /**
     * What happens on recordings that the limits were not chosen on. Of the bench, each recording in turn is left out, the
     * limits are chosen on the others and tried on it; of the two temperatures, limits are chosen on the first half of the
     * time and tried on the second. Chosen is what finds most, less a tenth for each false alert, and of equals the limit
     * that raises least.
     */
    @Test
    void findsNearlyAsMuchWhereTheLimitsWereNotChosen() throws IOException {
        assumeThat(DATA).as("recordings, which are not ours to copy").exists();
        var flow =
                new Candidates("flow", "Volume Flow RateRMS", "{type: hopping, size: 3m, every: 30s}", "stddev", true);
        var shaking = new Candidates("shaking", "Accelerometer?RMS", "{type: tumbling, size: 30s}", "mean", true);
        Rules bench = rules(flow.rules(0.4, 0.5, 0.6, 0.7, 0.8, 1.0, 1.2) + shaking.rules(0.25, 0.3, 0.35, 0.4));
        List<Played> files = new ArrayList<>();
        try (Stream<Path> paths = Files.list(DATA.resolve("skab"))) {
            for (Path path : paths.sorted().toList()) {
                files.add(playSkab(path, bench));
            }
        }
        var total = new Score(0, 0, 0);
        for (Played left : files) {
            List<Played> others = files.stream().filter(f -> f != left).toList();
            Score best = new Score(0, 0, 0);
            List<String> chosen = List.of();
            for (String a : flow.names()) {
                for (String b : shaking.names()) {
                    Score score =
                            others.stream().map(f -> f.score(List.of(a, b))).reduce(new Score(0, 0, 0), Score::plus);
                    boolean better = chosen.isEmpty() || score.worth() >= best.worth();
                    best = better ? score : best;
                    chosen = better ? List.of(a, b) : chosen;
                }
            }
            Score score = left.score(chosen);
            System.out.printf("left out %-30s %s  %s%n", left.name, chosen, score);
            total = total.plus(score);
        }
        System.out.println("bench, each left out in turn: " + total);
        assertThat(total).isEqualTo(LEFT_OUT);

        var cold = new Candidates("cold", "temperature", "{type: hopping, size: 1h, every: 10m}", "mean", false);
        var hot = new Candidates("hot", "temperature", "{type: hopping, size: 6h, every: 1h}", "mean", true);
        var cool = new Candidates("cool", "temperature", "{type: hopping, size: 6h, every: 1h}", "mean", false);
        Score machine = secondHalf(
                playNab("machine", MACHINE, rules(cold.rules(35, 40, 45, 50, 55, 60, 65, 70)), MACHINE_FAULTS),
                cold.names().stream().map(List::of).toList());
        var pairs = new ArrayList<List<String>>();
        Rules office = rules(hot.rules(74, 76, 78, 80, 82) + cool.rules(65, 63, 61, 59.5, 58));
        hot.names().forEach(a -> cool.names().forEach(b -> pairs.add(List.of(a, b))));
        Score ofOffice = secondHalf(playNab("office", OFFICE, office, OFFICE_FAULTS), pairs);
        System.out.println("machine, second half: " + machine + ", office, second half: " + ofOffice);
        assertThat(machine.plus(ofOffice)).isEqualTo(SECOND_HALVES);
    }

    private static Score secondHalf(Played all, List<List<String>> candidates) {
        Instant middle = all.begin.plus(Duration.between(all.begin, all.end).dividedBy(2));
        Score best = new Score(0, 0, 0);
        List<String> chosen = List.of();
        for (List<String> names : candidates) {
            Score score = all.between(all.begin, middle).score(names);
            boolean better = chosen.isEmpty() || score.worth() >= best.worth();
            best = better ? score : best;
            chosen = better ? names : chosen;
        }
        Score score = all.between(middle, all.end).score(chosen);
        System.out.printf("%s: first half %s  %s, second half %s%n", all.name, chosen, best, score);
        return score;
    }

    /** One rule for each limit, to choose from; the later ones raise less. */
    private static final class Candidates {
        private final String name;
        private final String metric;
        private final String window;
        private final String aggregate;
        private final boolean above;
        private final List<String> names = new ArrayList<>();

        Candidates(String name, String metric, String window, String aggregate, boolean above) {
            this.name = name;
            this.metric = metric;
            this.window = window;
            this.aggregate = aggregate;
            this.above = above;
        }

        String rules(double... limits) {
            var text = new StringBuilder();
            for (double limit : limits) {
                names.add(name + "-" + limit);
                text.append("""
                          - name: %s
                            on: {device: "*", metric: "%s"}
                            window: %s
                            when: {aggregate: %s, %s: %s, clear: %s}
                            severity: minor
                        """.formatted(
                                names.getLast(),
                                metric,
                                window,
                                aggregate,
                                above ? "above" : "below",
                                limit,
                                above ? limit * 0.95 : limit * 1.05));
            }
            return text.toString();
        }

        List<String> names() {
            return names;
        }
    }

    private record Score(int found, int faults, int falseAlerts) {
        Score plus(Score other) {
            return new Score(found + other.found, faults + other.faults, falseAlerts + other.falseAlerts);
        }

        double worth() {
            return found - falseAlerts / 10.0;
        }

        @Override
        public String toString() {
            return "found %d of %d, false alerts %d".formatted(found, faults, falseAlerts);
        }
    }

    private record Played(String name, Instant begin, Instant end, List<Fault> faults, List<Alert> alerts) {
        Score score(List<String> rules) {
            List<Alert> of = alerts.stream().filter(a -> rules.contains(a.rule)).toList();
            long found = faults.stream()
                    .filter(f -> of.stream().anyMatch(a -> finds(a, f)))
                    .count();
            long wrong = of.stream()
                    .filter(a -> faults.stream().noneMatch(f -> finds(a, f)))
                    .count();
            return new Score((int) found, faults.size(), (int) wrong);
        }

        Played between(Instant from, Instant to) {
            return new Played(
                    name,
                    from,
                    to,
                    faults.stream()
                            .filter(f -> !f.from.isBefore(from) && f.from.isBefore(to))
                            .toList(),
                    alerts.stream()
                            .filter(a -> !a.raised.isBefore(from) && a.raised.isBefore(to))
                            .toList());
        }
    }

    private static Rules rules(String text) {
        byte[] utf8 = ("rules:\n" + text).getBytes(StandardCharsets.UTF_8);
        return ((Parsed.Valid) RulesParser.parse("candidates", utf8)).rules();
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
        return result(playSkab(file, chosenRules()));
    }

    private static Played playSkab(Path file, Rules rules) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> names = List.of(lines.getFirst().split(";", -1));
        var engine = new Engine(rules);
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
        return played(file.getFileName().toString(), lines, ";", faults, out);
    }

    private static Result nab(String device, String file, List<String> faults) throws IOException {
        return result(playNab(device, file, chosenRules(), faults));
    }

    private static Played playNab(String device, String file, Rules rules, List<String> faults) throws IOException {
        List<String> lines = Files.readAllLines(DATA.resolve("nab").resolve(file));
        var engine = new Engine(rules);
        var out = new Recorder();
        for (int i = 1; i < lines.size(); i++) {
            String[] cells = lines.get(i).split(",", -1);
            read(engine, i, new Series(device, "temperature", "°F"), time(cells[0]), cells[1], out);
        }
        List<Fault> windows = faults.stream()
                .map(f -> f.split("/", -1))
                .map(f -> new Fault(Instant.parse(f[0] + ":00Z"), Instant.parse(f[1] + ":00Z")))
                .toList();
        return played(file, lines, ",", windows, out);
    }

    private static Rules chosenRules() throws IOException {
        return ((Parsed.Valid) RulesParser.read(RULES)).rules();
    }

    private static void read(Engine engine, long position, Series series, Instant time, String value, Output out) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
        engine.event(
                position, "lab", "gw-1", series, micros, Double.parseDouble(value), Quality.GOOD, false, false, out);
    }

    private static Played played(String name, List<String> lines, String delimiter, List<Fault> faults, Recorder out) {
        Instant begin = time(lines.get(1).split(delimiter, -1)[0]);
        Instant end = time(lines.getLast().split(delimiter, -1)[0]);
        return new Played(name, begin, end, faults, alerts(out));
    }

    private static Result result(Played played) {
        List<Alert> alerts = played.alerts;
        var found = new ArrayList<@Nullable Duration>();
        for (Fault fault : played.faults) {
            found.add(alerts.stream()
                    .filter(alert -> finds(alert, fault))
                    .map(alert -> Duration.between(fault.from, alert.raised))
                    .min(Duration::compareTo)
                    .orElse(null));
        }
        long wrong = alerts.stream()
                .filter(alert -> played.faults.stream().noneMatch(fault -> finds(alert, fault)))
                .count();
        return new Result(played.name, Duration.between(played.begin, played.end), found, (int) wrong);
    }

    private static boolean finds(Alert alert, Fault fault) {
        return !alert.raised.isBefore(fault.from) && !alert.raised.isAfter(fault.to);
    }

    private static List<Alert> alerts(Recorder out) {
        return out.transitions.stream()
                .filter(t -> t.kind() == AlertTransition.Kind.RAISED)
                .map(t -> new Alert(t.rule(), instant(t.timeMicros())))
                .toList();
    }

    private static Instant time(String text) {
        return Instant.parse(text.replace(' ', 'T') + "Z");
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
