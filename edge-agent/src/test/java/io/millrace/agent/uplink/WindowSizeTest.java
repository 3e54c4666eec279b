package io.millrace.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WindowSizeTest {
    private static final int MOST = 64;

    private final WindowSize size = new WindowSize(MOST);

    /** As many receipts as there are messages, each as late as that. */
    private static void round(WindowSize size, long millis) {
        for (int i = size.messages(); i > 0; i--) {
            size.took(Duration.ofMillis(millis).toNanos());
            size.receipted();
        }
    }

    /** A queue that handles so many messages a second, in which all of them wait. */
    private static void rounds(int many, double perSecond, List<WindowSize> sizes) {
        for (int i = 0; i < many; i++) {
            long millis = (long) (1_000 * total(sizes) / perSecond);
            sizes.forEach(one -> round(one, millis));
        }
    }

    private static int total(List<WindowSize> sizes) {
        return sizes.stream().mapToInt(WindowSize::messages).sum();
    }

    @Test
    void quickReceiptsAllowAlmostAll() {
        assertThat(size.messages()).isEqualTo(WindowSize.INITIAL);
        for (int i = 0; i < 20; i++) {
            round(size, 10);
        }
        assertThat(size.messages()).isBetween(60, MOST);
        assertThat(size.delayNanos()).isEqualTo(10_000_000);
    }

    @Test
    void aSmallWindowIsUsedUp() {
        var two = new WindowSize(2);
        for (int i = 0; i < 20; i++) {
            round(two, 50);
        }
        assertThat(two.messages()).isEqualTo(2);
    }

    @Test
    void receiptsThatTakeASecondAllowOne() {
        for (int i = 0; i < 20; i++) {
            round(size, 1_000);
        }
        assertThat(size.messages()).isEqualTo(1);
    }

    @Test
    void aRoundDoublesItAtMostAndTakesAFifthAtMost() {
        size.collapse();
        round(size, 10);
        assertThat(size.messages()).isEqualTo(2);
        round(size, 10);
        assertThat(size.messages()).isBetween(3, 4);
        for (int i = 0; i < 20; i++) {
            round(size, 10);
        }
        int before = size.messages();
        round(size, 20_000);
        assertThat(size.messages()).isBetween(before * 4 / 5 - 1, before - 1);
    }

    /** With additive increase this took a minute, in which the one's events came ever later than the others'. */
    @Test
    void whoHadATimeOutSoonHasAsMuchAsTheOthers() {
        List<WindowSize> sizes =
                Stream.generate(() -> new WindowSize(MOST)).limit(8).toList();
        rounds(20, 600, sizes);
        int fair = sizes.getFirst().messages();
        assertThat(fair).isBetween(25, 45);
        sizes.getFirst().collapse();
        rounds(12, 600, sizes);
        assertThat(sizes.getFirst().messages()).isGreaterThanOrEqualTo(fair * 4 / 5);
    }

    /** A window of one is full before it knows of the delay: it must not take eight slow receipts to learn of quick ones. */
    @Test
    void whoHasFewMessagesBelievesEachReceipt() {
        size.took(Duration.ofSeconds(5).toNanos());
        size.collapse();
        round(size, 100);
        assertThat(size.delayNanos()).isEqualTo(100_000_000);
    }

    @Test
    void aThousandInTheSameQueueHaveOneOrTwoEach() {
        List<WindowSize> sizes =
                Stream.generate(() -> new WindowSize(MOST)).limit(1_000).toList();
        rounds(40, 1_200, sizes);
        int most = 0;
        for (int i = 0; i < 20; i++) {
            rounds(1, 1_200, sizes);
            most = Math.max(most, total(sizes));
        }
        assertThat(most).isBetween(1_000, 2_000);
    }
}
