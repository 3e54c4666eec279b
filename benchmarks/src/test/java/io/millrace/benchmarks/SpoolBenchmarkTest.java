package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That all is measured, counted and cleaned up; never how fast this machine is. */
class SpoolBenchmarkTest {
    @TempDir
    private Path folder;

    @Test
    void measuresEveryFigureOfTheSpool() throws Exception {
        Recording recording = Recordings.load(null, 500).getFirst();
        var small = new SpoolBenchmark.Sizes(1, Duration.ofMillis(600), 20 << 20, 100_000, Duration.ofSeconds(1));

        List<Figure> figures = new SpoolBenchmark(folder, recording, small).run();

        assertThat(figures)
                .extracting(Figure::name)
                .containsExactly(
                        "append_events_per_second",
                        "append_sqlite_events_per_second",
                        "append_raw_events_per_second",
                        "append_to_sqlite_ratio",
                        "append_to_raw_ratio",
                        "open_after_kill_seconds",
                        "open_seconds",
                        "drain_events_per_second",
                        "drain_readings_per_second",
                        "written_per_byte_at_1_mb_per_s",
                        "device_per_byte_at_1_mb_per_s",
                        "written_per_byte_at_10_events_per_s",
                        "device_per_byte_at_10_events_per_s");
        assertThat(figures)
                .filteredOn(figure -> !figure.name().startsWith("device"))
                .allSatisfy(figure -> assertThat(figure.value()).isPositive());
        assertThat(figures)
                .filteredOn(figure -> figure.name().startsWith("written"))
                .allSatisfy(figure -> assertThat(figure.value()).isGreaterThan(1));
        assertThat(folder.resolve("append")).doesNotExist();
    }
}
