package io.millrace.simulator;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.simulator.fault.Episode;
import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.Part;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.fleet.Signal;
import io.millrace.simulator.mqtt.Access;
import io.millrace.simulator.mqtt.Broker;
import io.millrace.simulator.mqtt.NullBroker;
import io.millrace.simulator.report.HtmlReport;
import io.millrace.simulator.report.JsonReport;
import io.millrace.simulator.run.Narrator;
import io.millrace.simulator.run.Outcome;
import io.millrace.simulator.run.Plan;
import io.millrace.simulator.run.Proof;
import io.millrace.simulator.run.Run;
import io.millrace.simulator.run.Sample;
import io.millrace.simulator.verify.Findings;
import io.millrace.simulator.verify.Findings.Kind;
import io.millrace.simulator.verify.Findings.Where;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two parts, played over real sockets, and what is made of them: one report by way of files, and pages. */
class ReportsTest {
    private static final Metric METRIC = new Metric("temperature", "°C", new Signal.Sine(21, 4, 600, 0.1, 2));

    @TempDir
    private static Path folder;

    private static Outcome first;
    private static Outcome second;

    @BeforeAll
    static void playBothParts() throws Exception {
        try (var broker = new NullBroker(0)) {
            first = play(broker, 7, 0.02, new Part(1, 2));
            second = play(broker, 7, 0.02, new Part(2, 2));
        }
        file("one.json", first);
        file("two.json", second);
    }

    private static Outcome play(NullBroker broker, long seed, double duplicate, Part part) throws Exception {
        var fleet = new Fleet(0, "device", Transport.PLAIN, 21, 1, List.of(METRIC), 2_000, 0.1);
        var population = new Population(seed, "sim", List.of(fleet), 1_000_000, part);
        var cut = new Episode(0, Episode.Kind.DISCONNECT, 300_000, 0, 1, 0, 0);
        var faults = new Faults(List.of(cut), List.of(), duplicate, Faults.Reorder.NONE, 0);
        var plan = new Plan(
                population, faults, new Broker("127.0.0.1", broker.port()), Access.FREE, new Proof.None(), null);
        return new Run(plan, InstantSource.system(), System::nanoTime, new Quiet()).execute();
    }

    private static final class Quiet implements Narrator {
        @Override
        public void says(String what) {}

        @Override
        public void progress(Sample sample) {}
    }

    private static Path file(String name, Outcome outcome) throws Exception {
        return Files.writeString(folder.resolve(name), JsonReport.of(outcome, false));
    }

    private static List<String> mistakes(String... names) {
        List<String> mistakes = new ArrayList<>();
        List<Path> files = List.of(names).stream().map(folder::resolve).toList();
        assertThat(PartReports.merged(files, mistakes)).isNull();
        return mistakes.stream()
                .map(mistake -> mistake.replace(folder + "/", ""))
                .toList();
    }

    @Test
    void addsUpToWhatOneProcessWouldHaveReported() {
        Outcome merged = requireNonNull(
                PartReports.merged(List.of(folder.resolve("two.json"), folder.resolve("one.json")), new ArrayList<>()));
        assertThat(merged.ok()).isTrue();
        assertThat(merged.played().part()).isEqualTo(Part.ALL);
        assertThat(merged.played().units(Transport.PLAIN)).isEqualTo(21);
        assertThat(merged.produced()).isEqualTo(2_000);
        assertThat(merged.acknowledged()).isEqualTo(2_000);
        assertThat(merged.receipt().count()).isEqualTo(2_000);
        assertThat(merged.receipt().max())
                .isEqualTo(Math.max(first.receipt().max(), second.receipt().max()));
        assertThat(merged.receipt().p50())
                .isBetween(
                        Math.min(first.receipt().p50(), second.receipt().p50()),
                        Math.max(first.receipt().p50(), second.receipt().p50()));
        assertThat(merged.episodes())
                .singleElement()
                .satisfies(struck -> assertThat(struck.connections()).isEqualTo(21));
        assertThat(merged.faults()).containsEntry("disconnect", 21L);
        assertThat(merged.faults().get("duplicate"))
                .isEqualTo(first.faults().get("duplicate") + second.faults().get("duplicate"));
        assertThat(merged.samples().stream().mapToLong(Sample::acknowledged).sum())
                .isEqualTo(2_000);
        assertThat(merged.samples())
                .allSatisfy(sample -> assertThat(sample.connected()).isLessThanOrEqualTo(21));
        assertThat(HtmlReport.of(merged)).contains("21 devices <b>device</b>", "Every event is acknowledged");
        assertThat(JsonReport.of(merged, false))
                .contains("\"part\":\"1/1\"")
                .doesNotContain("mergeable")
                .doesNotContain("seconds");
        assertThat(JsonReport.of(merged, true))
                .contains("\"seconds\":[{\"at_s\":%.1f,"
                        .formatted(merged.samples().getFirst().atSeconds()));
    }

    @Test
    void thePageTellsTheVerdictFirstThenWhatIsMissingByNameAndLoadsNothing() {
        var found = Findings.of(
                Where.STORE,
                998,
                3,
                Map.of(Kind.MISSING, 12L, Kind.DUPLICATED, 1L),
                Map.of(Kind.MISSING, List.of("<b>dev-1 t"), Kind.DUPLICATED, List.of("dev-2 t")));
        Outcome bad = compared(found);
        assertThat(bad.ok()).isFalse();
        String page = HtmlReport.of(bad);
        assertThat(page)
                .containsSubsequence(
                        "Not every event is stored once, as produced",
                        "12 events are missing",
                        "1 event is duplicated",
                        "3 dead letters, expected 0",
                        "Which events",
                        "&lt;b&gt;dev-1 t",
                        "and 11 more",
                        "Over time",
                        "connections cut",
                        "Delays")
                .doesNotContain("<b>dev-1", "<script", "http:", "https:", "src=", "url(");
        assertThat(HtmlReport.of(compared(Findings.of(Where.STORE, first.produced(), 0, Map.of(), Map.of()))))
                .contains("Every event is stored once, as produced")
                .doesNotContain("Which events");
        assertThat(HtmlReport.of(first)).contains("Every event is acknowledged", "What is stored was not looked at");
    }

    private static Outcome compared(Findings findings) {
        return new Outcome(
                first.played(),
                first.began(),
                false,
                first.produced(),
                first.acknowledged(),
                first.ratePerSecond(),
                first.receipt(),
                null,
                null,
                findings,
                first.connectionsLost(),
                first.refused(),
                first.lastError(),
                first.faults(),
                0,
                first.episodes(),
                first.samples());
    }

    @Test
    void refusesPartsOfAnotherRunAndMissingOnes() throws Exception {
        try (var broker = new NullBroker(0)) {
            file("seed.json", play(broker, 8, 0.02, new Part(2, 2)));
            file("faults.json", play(broker, 7, 0.5, new Part(2, 2)));
            file("three.json", play(broker, 7, 0.02, new Part(3, 3)));
        }
        assertThat(mistakes("one.json")).containsExactly("part 2/2 is missing, expected all 2");
        assertThat(mistakes("one.json", "seed.json"))
                .containsExactly("seed.json: seed is 8, expected 7 as in one.json");
        assertThat(mistakes("one.json", "faults.json"))
                .containsExactly("faults.json: another scenario than in one.json, expected the same fleets and faults");
        assertThat(mistakes("one.json", "three.json"))
                .contains("three.json: number of parts is 3, expected 2 as in one.json");
        Files.copy(folder.resolve("one.json"), folder.resolve("copy.json"));
        assertThat(mistakes("one.json", "copy.json", "two.json"))
                .containsExactly("copy.json: part 1/2, as one.json is, expected each part once");
        assertThat(mistakes("one.json", "one.json", "two.json"))
                .containsExactly("one.json: given twice, expected each report once");
    }

    @Test
    void refusesWhatIsNoReportOfAPart() throws Exception {
        Files.writeString(folder.resolve("text.json"), "produced 3");
        Files.writeString(folder.resolve("whole.json"), "{\"ok\": true, \"part\": \"1/1\"}");
        String report = Files.readString(folder.resolve("two.json"));
        Files.writeString(
                folder.resolve("damaged.json"), report.replaceAll("\"receipt\":\"[^\"]{8}", "\"receipt\":\""));
        Files.writeString(folder.resolve("newer.json"), report.replace("\"version\":2", "\"version\":3"));
        assertThat(mistakes("one.json", "nowhere.json", "text.json", "whole.json", "damaged.json", "newer.json"))
                .hasSize(5)
                .anyMatch(m -> m.startsWith("nowhere.json: cannot be merged: there is no such file"))
                .anyMatch(m -> m.startsWith("text.json: cannot be merged: it is no JSON from line 1"))
                .anyMatch(m -> m.startsWith("whole.json: cannot be merged: it holds no part of a fleet"))
                .anyMatch(m -> m.startsWith("damaged.json: cannot be merged: it is damaged"))
                .anyMatch(m -> m.startsWith("newer.json: cannot be merged: it is of a newer Millrace, format 3"));
    }
}
