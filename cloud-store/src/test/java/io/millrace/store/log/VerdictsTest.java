package io.millrace.store.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.store.log.Verdict.DeadLetter;
import io.millrace.store.log.Verdict.Future;
import org.junit.jupiter.api.Test;

class VerdictsTest {
    private static final DeadLetter NAN = new DeadLetter("not_finite", "value is NaN");

    @Test
    void findsTheVerdictOnEachEventAndKeepsEqualOnesTogether() {
        var builder = Verdicts.builder().add(0, new Future());
        for (int i = 5; i < 10_000; i++) {
            builder.add(i, NAN);
        }
        Verdicts verdicts = builder.build();
        assertThat(verdicts.runs()).hasSize(2);
        assertThat(verdicts.of(0)).isEqualTo(new Future());
        assertThat(verdicts.of(4)).isNull();
        assertThat(verdicts.of(5)).isEqualTo(NAN);
        assertThat(verdicts.of(9_999)).isEqualTo(NAN);
        assertThat(verdicts.of(10_000)).isNull();
        assertThat(Verdicts.ofBytes(verdicts.toBytes())).isEqualTo(verdicts);
    }

    @Test
    void takeNoSpaceWhenThereIsNoneToKeep() {
        assertThat(Verdicts.NONE.toBytes()).isEmpty();
        assertThat(Verdicts.ofBytes(new byte[0])).isSameAs(Verdicts.NONE);
        assertThat(Verdicts.builder().build()).isSameAs(Verdicts.NONE);
    }

    @Test
    void refusesBytesThatAreNotVerdicts() {
        byte[] cut = {0, 1, 0};
        assertThatThrownBy(() -> Verdicts.ofBytes(cut)).isInstanceOf(IllegalArgumentException.class);
        byte[] unknown = {0, 1, 0, 0, 0, 1, 9};
        assertThatThrownBy(() -> Verdicts.ofBytes(unknown)).hasMessageContaining("verdict code is 9");
    }

    @Test
    void cutsADetailThatIsTooLong() {
        assertThat(new DeadLetter("reason", "x".repeat(10_000)).detail()).hasSize(DeadLetter.DETAIL_CHARS_MAX);
    }
}
