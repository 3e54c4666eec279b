package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** That the benchmark measures what it says; never how fast this machine is. */
class WireReportTest {
    private static final String LINES = """
            datetime;Pressure;Volume Flow RateRMS;anomaly;changepoint
            2020-03-09 10:34:31;0.054711;32.0;0.0;0.0
            2020-03-09 10:34:32;0.382638;31.9986;1.0;0.0
            """;

    @TempDir
    private Path data;

    @Test
    void readsOneEventPerCellAndLeavesTheLabelsOut() throws IOException, InputException {
        write("pump.csv", LINES);

        Recording recording = Recordings.load(data, 3).getFirst();

        assertThat(recording.name()).isEqualTo("pump");
        assertThat(recording.batches()).extracting(batch -> batch.size()).containsExactly(3, 1);
        assertThat(recording.batches().getFirst().series(1).metric()).isEqualTo("Volume Flow RateRMS");
        assertThat(recording.batches().getFirst().number(2)).isEqualTo(0.382638);
        assertThat(recording.batches().getFirst().timeMicros(2)).isEqualTo(1_583_750_072_000_000L);
    }

    @Test
    void saysWhichLineCannotBeRead() throws IOException {
        write("pump.csv", LINES + "2020-03-09 10:34:33;0.05;ragged\n");
        assertThatThrownBy(() -> Recordings.load(data, 500)).hasMessageContaining("pump.csv:4: For input string");
    }

    @Test
    void aFolderWithoutRecordingsIsWrongInput() {
        var err = new StringWriter();
        int exit = Main.commandLine().setErr(new PrintWriter(err)).execute("wire", "--data", data.toString());
        assertThat(exit).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("holds no *.csv");
    }

    @Test
    void reportsFiguresWithTheirGoals() throws IOException, InputException {
        List<Recording> recordings = Recordings.load(null, 500);
        var benchmark = new WireBenchmark(1_000_000);
        var report = new WireReport(
                "synthetic",
                500,
                List.of(benchmark.sizes(recordings.getFirst())),
                benchmark.encodedEventsPerSecond(recordings),
                benchmark.decodedEventsPerSecond(recordings));
        var out = new StringWriter();
        report.writeJson(new PrintWriter(out));

        assertThat(report.figures()).allMatch(figure -> figure.value() > 0);
        assertThat(report.figures().getFirst().isMet()).isTrue();
        assertThat(out.toString())
                .contains("\"wire_bytes_per_event\":{\"value\":2.")
                .contains("\"goal\":2.5,\"met\":true")
                .contains("\"encode_events_per_second\":{")
                .contains("\"recordings\":[{\"name\":\"synthetic\",\"events\":40000,");
    }

    @Test
    void countsTheMqttHeader() {
        assertThat(WireBenchmark.mqttBytes(0)).isEqualTo(1 + 1 + 2 + 40 + 2 + 1);
        assertThat(WireBenchmark.mqttBytes(1000)).isEqualTo(1 + 2 + 2 + 40 + 2 + 1 + 1000);
    }

    private void write(String name, String text) throws IOException {
        Files.createDirectories(data.resolve("skab"));
        Files.writeString(data.resolve("skab").resolve(name), text);
    }
}
