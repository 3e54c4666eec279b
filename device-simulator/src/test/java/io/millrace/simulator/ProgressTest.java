package io.millrace.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.simulator.run.Sample;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Progress progress = new Progress(new PrintStream(out, true, StandardCharsets.UTF_8), 20);

    private void seconds(int from, long acknowledged, double p99Millis) {
        for (int second = from; second < from + 5; second++) {
            progress.progress(new Sample(second, 3, 100, acknowledged, 0, p99Millis, 0, 0, 0, 0));
        }
    }

    @Test
    void aLineEachFiveSecondsTellsTheDelayOfReceiptsIfAnyCame() {
        seconds(1, 90, 12.4);
        seconds(6, 0, 0);
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "simulate: 5 s, 15 s left, 3 connected, 100 events/s, 50 under way, receipt p99 12 ms,"
                                + " connections lost 0, refused 0",
                        "simulate: 10 s, 10 s left, 3 connected, 100 events/s, 550 under way, receipt p99 none,"
                                + " connections lost 0, refused 0");
    }
}
