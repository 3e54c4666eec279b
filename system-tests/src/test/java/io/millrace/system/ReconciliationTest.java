package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.system.Reading.Type;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The chaos run proves something only if its check finds what is wrong. */
class ReconciliationTest {
    private static final Reading FIRST = reading(1, "20.5");
    private static final Reading SECOND = reading(2, "-0.0625");
    private static final Reading THIRD = reading(3, "1.0E9");

    @Test
    void isCleanIfAllIsStoredOnceAndEqual() {
        assertThat(of(journal(FIRST, SECOND), List.of(row(FIRST, 1), row(SECOND, 2)))
                        .isClean())
                .isTrue();
    }

    @Test
    void findsWhatIsNotThere() {
        assertThat(of(journal(FIRST, SECOND), List.of(row(FIRST, 1))).lost()).containsExactly(SECOND);
    }

    @Test
    void findsWhatIsThereTwiceUnderTwoIds() {
        assertThat(of(journal(FIRST), List.of(row(FIRST, 1), row(FIRST, 2))).doubled())
                .containsExactly(FIRST);
    }

    @Test
    void findsWhatWasChanged() {
        Reading changed = reading(1, "20.500000000000004");
        Reconciliation found = of(journal(FIRST), List.of(row(changed, 1)));
        assertThat(found.lost()).containsExactly(FIRST);
        assertThat(found.foreign()).containsExactly(changed);
    }

    @Test
    void takesOneWithoutAnAnswerOnceOrNotAtAll() {
        var journal = new Journal("gw-1", Set.of(), Set.of(FIRST));
        assertThat(of(journal, List.of()).isClean()).isTrue();
        assertThat(of(journal, List.of(row(FIRST, 1))).isClean()).isTrue();
        assertThat(of(journal, List.of(row(FIRST, 1), row(FIRST, 2))).isClean()).isFalse();
    }

    @Test
    void takesAGapForAsManyAsItHidesAtItsTime() {
        List<List<String>> stored = List.of(row(FIRST, 1));
        Journal journal = journal(FIRST, SECOND, THIRD);
        assertThat(Reconciliation.of(journal, stored, List.of(gap("1", "3", 1, 3)))
                        .lost())
                .isEmpty();
        assertThat(Reconciliation.of(journal, stored, List.of(gap("1", "2", 1, 3)))
                        .lost())
                .hasSize(1);
        assertThat(Reconciliation.of(journal, stored, List.of(gap("2", "3", 1, 2)))
                        .lost())
                .containsExactly(THIRD);
        assertThat(Reconciliation.of(journal, stored, List.of(gap("2", "null", 1, 3)))
                        .lost())
                .isEmpty();
    }

    private static Reconciliation of(Journal journal, List<List<String>> rows) {
        return Reconciliation.of(journal, rows, List.of());
    }

    private static Journal journal(Reading... acknowledged) {
        return new Journal("gw-1", Set.of(acknowledged), Set.of());
    }

    private static Reading reading(long micros, String value) {
        return new Reading("telemetry", "pump-1", "pressure", "bar", micros, Type.NUMBER, value);
    }

    private static List<String> row(Reading reading, long sequence) {
        return List.of(
                reading.lane(),
                reading.device(),
                reading.metric(),
                reading.unit(),
                Long.toString(reading.timeMicros()),
                "1",
                reading.value(),
                "null",
                "7",
                Long.toString(sequence));
    }

    private static List<String> gap(String first, String last, long fromMicros, long toMicros) {
        return List.of("telemetry", "7", first, last, Long.toString(fromMicros), Long.toString(toMicros));
    }
}
