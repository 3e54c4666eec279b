package io.millrace.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.TransitionRow.Transition;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransitionsTest {
    private static final TransitionRow ROW = new TransitionRow(
            0,
            1,
            "a",
            "hot",
            "plant",
            "gw",
            "pump",
            "temp",
            Transition.RAISED,
            "major",
            1,
            0,
            "",
            false,
            null,
            null,
            null);

    private final Transitions transitions = new Transitions(List::of);

    @Test
    void handsOverOnceAndSaysHowFar() {
        transitions.folded(1, List.of(ROW));
        transitions.folded(2, List.of());
        assertThat(transitions.drain()).isEqualTo(new Transitions.Batch(List.of(ROW), 2, List.of(), false));
        assertThat(transitions.drain()).isEqualTo(new Transitions.Batch(List.of(), 2, List.of(), false));
    }

    @Test
    void saysOnceThatSomeAreMissingSoThatTheyAreReadFromTheTable() {
        transitions.folded(1, Collections.nCopies(Transitions.ROWS_MAX, ROW));
        transitions.folded(2, List.of(ROW));
        transitions.folded(3, List.of(ROW));
        Transitions.Batch batch = transitions.drain();
        assertThat(batch.overflowed()).isTrue();
        assertThat(batch.position()).isEqualTo(3);
        assertThat(transitions.drain().overflowed()).isFalse();
    }

    @Test
    void keepsNothingIfNobodyLooks() {
        transitions.off();
        transitions.folded(1, List.of(ROW));
        assertThat(transitions.drain().rows()).isEmpty();
    }
}
