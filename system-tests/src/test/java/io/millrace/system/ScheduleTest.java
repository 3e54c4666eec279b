package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.system.Schedule.Step;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A failure is worth nothing if what led to it cannot be told. */
class ScheduleTest {
    private static final List<String> AGENTS = List.of("gw-1", "gw-2");
    private static final int SECONDS = 60;

    @Test
    void isTheSameForTheSameSeedAndAnotherForAnother() {
        Schedule schedule = Schedule.of(7, SECONDS, AGENTS);
        assertThat(Schedule.of(7, SECONDS, AGENTS)).isEqualTo(schedule);
        assertThat(Schedule.of(8, SECONDS, AGENTS).steps()).isNotEqualTo(schedule.steps());
    }

    @Test
    void holdsEveryFaultWithinAMinuteInTheOrderOfTime() {
        List<Step> steps = Schedule.of(7, SECONDS, AGENTS).steps();
        assertThat(steps).extracting(step -> (Object) step.fault().getClass()).contains((Object[])
                Fault.class.getPermittedSubclasses());
        assertThat(steps).extracting(Step::atMillis).isSorted().allMatch(at -> at < SECONDS * 1_000L);
        assertThat(Arrays.asList(Fault.class.getPermittedSubclasses())).hasSize(9);
    }
}
