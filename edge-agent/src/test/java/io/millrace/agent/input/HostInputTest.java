package io.millrace.agent.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.agent.config.InputConfig;
import io.millrace.model.Event;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class HostInputTest {
    private static final InputConfig.Host CONFIG =
            new InputConfig.Host("host", "telemetry", Duration.ofSeconds(1), "gw-7", true);

    private final MemoryIntake intake = new MemoryIntake();
    private final ManualClock clock = new ManualClock(ManualClock.NOON);

    private HostInput input() {
        return new HostInput(
                CONFIG, intake, clock, () -> List.of(new HostInput.Figure("cpu.usage", "%", clock.nanos() / 1e9)));
    }

    @Test
    void readsAtAFixedRate() {
        clock.happenings.add(() -> {});
        clock.happenings.add(() -> {});
        clock.happenings.add(() -> {
            throw new InterruptedException();
        });
        try {
            input().run();
        } catch (InterruptedException e) {
            long noon = ManualClock.micros(ManualClock.NOON);
            assertThat(intake.events.stream().map(Event::timeMicros))
                    .containsExactly(noon, noon + 1_000_000, noon + 2_000_000);
            return;
        }
        throw new AssertionError("a host input does not end");
    }

    @Test
    void holdsReadingsUntilTheClockCanBeRightAndThenStampsThemAsUncertain() throws Exception {
        clock.set(Instant.EPOCH);
        HostInput input = input();
        for (int i = 0; i < HostInput.HELD_MAX + 5; i++) {
            input.step();
            clock.sleep(Duration.ofSeconds(1));
        }
        assertThat(intake.events).isEmpty();
        clock.set(ManualClock.NOON);
        input.step();
        assertThat(intake.events).hasSize(HostInput.HELD_MAX + 1);
        assertThat(intake.events.getFirst())
                .isEqualTo(new Event(
                        new Series("gw-7", "cpu.usage", "%"),
                        ManualClock.micros(ManualClock.NOON.minusSeconds(HostInput.HELD_MAX)),
                        new Value.Numeric(5),
                        Quality.UNCERTAIN));
        assertThat(intake.events.getLast().quality()).isEqualTo(Quality.GOOD);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thisMachinesFiguresAreThereAndPlausible() throws Exception {
        var figures = new OshiFigures(true, new SystemAgentClock());
        assertThat(figures.read().stream().map(HostInput.Figure::metric))
                .as("at the start, when nothing can be compared")
                .contains("memory.used")
                .doesNotContain("cpu.usage", "disk.read", "network.sent");
        TimeUnit.MILLISECONDS.sleep(60);
        List<HostInput.Figure> read = figures.read();
        assertThat(read.stream().map(HostInput.Figure::metric))
                .contains(
                        "cpu.usage",
                        "cpu.0.usage",
                        "load.1m",
                        "memory.used",
                        "memory.available",
                        "memory.usage",
                        "disk.read",
                        "disk.write",
                        "network.received",
                        "network.sent")
                .doesNotHaveDuplicates();
        assertThat(read).allSatisfy(figure -> {
            assertThat(figure.value()).as(figure.metric()).isFinite().isGreaterThanOrEqualTo(0);
            if (figure.unit().equals("%")) {
                assertThat(figure.value()).as(figure.metric()).isLessThanOrEqualTo(100);
            }
        });
    }
}
