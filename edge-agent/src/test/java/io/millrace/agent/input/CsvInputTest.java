package io.millrace.agent.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.agent.config.AgentConfigReader;
import io.millrace.agent.config.InputConfig;
import io.millrace.agent.spool.AppendResult;
import io.millrace.model.Event;
import io.millrace.model.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvInputTest {
    private static final Instant T0 = Instant.parse("2020-03-09T10:14:33Z");

    @TempDir
    Path folder;

    private final MemoryIntake intake = new MemoryIntake();
    private final ManualClock clock = new ManualClock(ManualClock.NOON);

    private Path file() {
        return folder.resolve("pump.csv");
    }

    private CsvInput input(String more) throws IOException {
        return inputOf(more, "t");
    }

    private CsvInput inputOf(String more, String timeColumn) throws IOException {
        Path config = folder.resolve("agent.yaml");
        Files.writeString(config, """
                site: s
                agent: a
                inputs:
                  - type: csv
                    path: pump.csv
                    delimiter: ";"
                    device: pump-1
                    time: {column: %s, format: "yyyy-MM-dd HH:mm:ss"}
                """.formatted(timeColumn) + more.indent(4));
        return switch (AgentConfigReader.read(config)) {
            case AgentConfigReader.Outcome.Ready ready ->
                new CsvInput((InputConfig.Csv) ready.config().inputs().getFirst(), intake, clock);
            case AgentConfigReader.Outcome.Wrong wrong ->
                throw new AssertionError(wrong.mistakes().toString());
        };
    }

    private InputEnd run(String more) throws Exception {
        return input(more).run();
    }

    private static String row(int second, String cells) {
        return "2020-03-09 10:%02d:%02d;%s%n".formatted(14 + (33 + second) / 60, (33 + second) % 60, cells);
    }

    private List<String> values() {
        return intake.events.stream()
                .map(e -> "%s %s=%s"
                        .formatted(
                                Duration.between(T0, Instant.EPOCH.plusNanos(e.timeMicros() * 1_000))
                                        .toSeconds(),
                                e.series().metric(),
                                switch (e.value()) {
                                    case Value.Numeric(double n) -> Double.toString(n);
                                    case Value.Whole(long n) -> n + "i";
                                    case Value.Bool(boolean on) -> Boolean.toString(on);
                                    case Value.Text(String t) -> "'" + t + "'";
                                }))
                .toList();
    }

    private void append(String text) throws IOException {
        Files.writeString(file(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void everyCellThatIsNotEmptyBecomesAnEventOfItsKind() throws Exception {
        append("t;Pressure;on;note;Count;anomaly\n" + row(0, "0.25;true;ok;21;0.0") + row(1, ";FALSE; ;-1e3;1.0")
                + row(2, "nan;;1d;007;"));
        InputEnd end = run("""
                metrics:
                  Pressure: {metric: pressure, unit: bar}
                  "*": {}
                skip: [anomaly]
                pace: max
                """);
        assertThat(end).isEqualTo(new InputEnd.Finished(9, 0));
        assertThat(values())
                .containsExactly(
                        "0 pressure=0.25",
                        "0 on=true",
                        "0 note='ok'",
                        "0 Count=21.0",
                        "1 on=false",
                        "1 Count=-1000.0",
                        "2 pressure=NaN",
                        "2 note='1d'",
                        "2 Count=7.0");
        assertThat(intake.events.getFirst().series().unit()).isEqualTo("bar");
        assertThat(intake.lanesUsed).containsOnly("telemetry");
    }

    @Test
    void onlyTheColumnsNamedBecomeMetricsWithoutAStar() throws Exception {
        append("t;a;b\n" + row(0, "1;2"));
        run("metrics: {b: {}}\npace: max\n");
        assertThat(values()).containsExactly("0 b=2.0");
    }

    @Test
    void refusedRowsAreCountedAndStopNothing() throws Exception {
        append("t;a\n" + row(0, "1") + "ragged\n" + row(1, "2;3;4") + "yesterday;5\n\"open;6\n" + row(2, "7"));
        assertThat(run("pace: max\n")).isEqualTo(new InputEnd.Finished(2, 4));
        assertThat(values()).containsExactly("0 a=1.0", "2 a=7.0");
        assertThat(run("pace: max\n")).isEqualTo(new InputEnd.Finished(0, 4));
    }

    @ParameterizedTest
    @CsvSource({"pace: max, 1200", "pace: 1000x, 200"})
    void aKillAtAnyRecordNeitherRepeatsNorSkipsARow(String pace, int rows) throws Exception {
        var expected = new ArrayList<String>();
        var text = new StringBuilder("t;a;b\n");
        for (int i = 0; i < rows; i++) {
            text.append(i % 100 == 7 ? "ragged\n" : row(i, i + ";\"x\ny\""));
            if (i % 100 != 7) {
                expected.add("%d a=%d.0".formatted(i, i));
                expected.add("%d b='x\ny'".formatted(i));
            }
        }
        append(text.toString());
        int kills = 0;
        boolean isDone = false;
        while (!isDone) {
            intake.recordsMax = intake.records + 1 + kills % 3;
            try {
                isDone = run(pace).equals(new InputEnd.Finished(0, rows / 100));
            } catch (MemoryIntake.Killed e) {
                kills++;
            }
        }
        assertThat(kills).isGreaterThan(1);
        assertThat(values()).isEqualTo(expected);
    }

    @Test
    void linesAddedWhileTheAgentWasDownAreReadAtTheNextStart() throws Exception {
        append("t;a\n" + row(0, "1") + row(1, "2").stripTrailing());
        run("pace: max\n");
        append("\n" + row(2, "3"));
        assertThat(run("pace: max\n")).isEqualTo(new InputEnd.Finished(1, 0));
        assertThat(values()).containsExactly("0 a=1.0", "1 a=2.0", "2 a=3.0");
    }

    @Test
    void aFileThatWasReplacedWhileTheAgentWasDownIsReadFromItsBeginning() throws Exception {
        append("t;a\n" + row(0, "1") + row(1, "2"));
        run("pace: max\n");
        Files.delete(file());
        append("t;b\n" + row(5, "8") + row(6, "9") + row(7, "10"));
        run("pace: max\n");
        assertThat(values()).containsExactly("0 a=1.0", "1 a=2.0", "5 b=8.0", "6 b=9.0", "7 b=10.0");
    }

    @Test
    void followsAFileThroughUnfinishedLinesRotationAndTruncation() throws Exception {
        clock.happenings.add(() -> append("t;"));
        clock.happenings.add(() -> append("a\n" + row(0, "1")));
        clock.happenings.add(() -> append(row(1, "2").substring(0, 12)));
        clock.happenings.add(() -> append(row(1, "2").substring(12)));
        clock.happenings.add(() -> {
            append(row(2, "3").stripTrailing());
            Files.move(file(), folder.resolve("pump.csv.1"), StandardCopyOption.ATOMIC_MOVE);
        });
        clock.happenings.add(() -> append("t;a;b\n" + row(3, "4;5")));
        clock.happenings.add(() -> {});
        clock.happenings.add(() -> Files.writeString(file(), "t;a\n" + row(4, "6")));
        clock.happenings.add(() -> {});
        clock.happenings.add(() -> append(row(5, "7")));
        clock.happenings.add(() -> {});
        clock.happenings.add(() -> {
            throw new InterruptedException();
        });
        try {
            run("pace: max\nfollow: true\n");
            throw new AssertionError("a followed file does not end");
        } catch (InterruptedException e) {
            assertThat(values())
                    .containsExactly("0 a=1.0", "1 a=2.0", "2 a=3.0", "3 a=4.0", "3 b=5.0", "4 a=6.0", "5 a=7.0");
        }
    }

    @Test
    void originalPaceWaitsAsLongAsTheRowsAreApart() throws Exception {
        append("t;a\n" + row(0, "1") + row(1, "2") + row(61, "3"));
        run("pace: original\n");
        assertThat(clock.slept).isEqualTo(Duration.ofSeconds(61));
        assertThat(intake.records).isEqualTo(3);
    }

    @Test
    void tenfoldPaceWaitsATenthOfIt() throws Exception {
        append("t;a\n" + row(0, "1") + row(60, "3"));
        run("pace: 10x\n");
        assertThat(clock.slept).isEqualTo(Duration.ofSeconds(6));
        assertThat(values()).containsExactly("0 a=1.0", "60 a=3.0");
    }

    @Test
    void shiftToNowStampsRowsWithTheTimeAtWhichTheyArePlayedAndKeepsThatOverARestart() throws Exception {
        append("t;a\n" + row(0, "1") + row(10, "2"));
        run("pace: 10x\nshift: now\n");
        append(row(30, "3"));
        clock.sleep(Duration.ofMinutes(5));
        run("pace: 10x\nshift: now\n");
        long noon = ManualClock.micros(ManualClock.NOON);
        assertThat(intake.events.stream().map(Event::timeMicros))
                .containsExactly(noon, noon + 1_000_000, noon + 3_000_000);
    }

    @Test
    void atFullPaceTheLastRowIsShiftedToNow() throws Exception {
        append("t;a\n" + row(0, "1") + row(10, "2") + "ragged\n");
        run("pace: max\nshift: now\n");
        long noon = ManualClock.micros(ManualClock.NOON);
        assertThat(intake.events.stream().map(Event::timeMicros)).containsExactly(noon - 10_000_000, noon);
    }

    @Test
    void waitsWhileTheSpoolIsFull() throws Exception {
        append("t;a\n" + row(0, "1"));
        intake.answers.add(new AppendResult.Full("full"));
        intake.answers.add(new AppendResult.Full("full"));
        assertThat(run("pace: max\n")).isEqualTo(new InputEnd.Finished(1, 0));
        assertThat(values()).containsExactly("0 a=1.0");
    }

    @Test
    void aHeaderThatDoesNotFitIsToldWithAllThatIsWrong() throws Exception {
        append("time;a;a;b+c\n");
        assertThat(run("metrics: {z: {}, '*': {}}\n"))
                .isInstanceOfSatisfying(
                        InputEnd.Unfit.class,
                        unfit -> assertThat(unfit.reason())
                                .contains("there is no column t")
                                .contains("there is no column z")
                                .contains("column a occurs twice")
                                .contains("column b+c cannot be a metric's name"));
    }

    @Test
    void aFileThatIsMissingEmptyOrAFolderIsTold() throws Exception {
        assertThat(run("")).isInstanceOf(InputEnd.Unreachable.class);
        append("");
        assertThat(run("")).isInstanceOf(InputEnd.Unfit.class);
        Files.delete(file());
        Files.createDirectory(file());
        assertThat(run("")).isInstanceOf(InputEnd.Unreachable.class);
    }

    @Test
    void theColumnsOfAFileWithoutHeaderAreCounted() throws Exception {
        append(row(0, "1") + row(1, "2"));
        assertThat(inputOf("header: false\n", "1").run()).isEqualTo(new InputEnd.Finished(2, 0));
        assertThat(values()).containsExactly("0 2=1.0", "1 2=2.0");
    }
}
