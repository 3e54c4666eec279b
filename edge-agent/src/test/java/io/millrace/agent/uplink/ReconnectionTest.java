package io.millrace.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.agent.uplink.UplinkSignal.CloseRequested;
import io.millrace.agent.uplink.UplinkSignal.Connected;
import io.millrace.agent.uplink.UplinkSignal.Lost;
import io.millrace.agent.uplink.UplinkSignal.Tick;
import io.millrace.agent.uplink.UplinkState.Closed;
import io.millrace.agent.uplink.UplinkState.Connecting;
import io.millrace.agent.uplink.UplinkState.Online;
import io.millrace.agent.uplink.UplinkState.Waiting;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReconnectionTest {
    private static final long SECOND = 1_000_000_000;

    private final Reconnection reconnection = new Reconnection(new SplittableRandom(1));

    @Test
    void triesAgainAtTheAgreedInstantAndNotBefore() {
        var waiting = new Waiting(1, 100);
        assertThat(reconnection.next(waiting, new Tick(99))).isEqualTo(waiting);
        assertThat(reconnection.next(waiting, new Tick(100)))
                .isEqualTo(new Connecting(1, 100 + Reconnection.CONNECT_MAX.toNanos()));
    }

    @Test
    void givesAnAttemptUpThatIsNotAnswered() {
        var connecting = new Connecting(2, 100);
        assertThat(reconnection.next(connecting, new Tick(99))).isEqualTo(connecting);
        assertThat(reconnection.next(connecting, new Tick(100)))
                .isInstanceOfSatisfying(
                        Waiting.class, w -> assertThat(w.failures()).isEqualTo(3));
    }

    @Test
    void forgetsFailuresOnlyOnceAConnectionLasted() {
        assertThat(reconnection.next(new Connecting(4, 9), new Connected(5))).isEqualTo(new Online(4, 5));
        assertThat(reconnection.next(new Online(4, 0), new Lost(SECOND)))
                .isInstanceOfSatisfying(
                        Waiting.class, w -> assertThat(w.failures()).isEqualTo(5));
        assertThat(reconnection.next(new Online(4, 0), new Lost(10 * SECOND)))
                .isInstanceOfSatisfying(
                        Waiting.class, w -> assertThat(w.failures()).isEqualTo(1));
    }

    @Test
    void waitsLongerWithEveryFailureWithinASecondAtFirstAndAMinuteInTheEnd() {
        for (int failures = 0; failures < 40; failures++) {
            long most = Math.min(60, 1L << Math.min(failures, 10)) * SECOND;
            for (int i = 0; i < 100; i++) {
                Waiting waiting = (Waiting) reconnection.next(new Connecting(failures, 0), new Lost(0));
                assertThat(waiting.retryAtNanos()).isBetween(50_000_000L, most);
            }
        }
    }

    @Test
    void doesNotAnswerWhatComesTooLate() {
        var waiting = new Waiting(1, 100);
        assertThat(reconnection.next(waiting, new Connected(5))).isEqualTo(waiting);
        assertThat(reconnection.next(waiting, new Lost(5))).isEqualTo(waiting);
        assertThat(reconnection.next(new Closed(), new Lost(5))).isEqualTo(new Closed());
        assertThat(reconnection.next(waiting, new CloseRequested())).isEqualTo(new Closed());
    }
}
