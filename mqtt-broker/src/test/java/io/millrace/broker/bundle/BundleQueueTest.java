package io.millrace.broker.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BundleQueueTest {
    private final List<Bundle> sent = new ArrayList<>();
    private final List<CompletableFuture<Bundle.Fate>> answers = new ArrayList<>();
    private final List<Runnable> rests = new ArrayList<>();
    private final BundleQueue queue = new BundleQueue(
            bundle -> {
                sent.add(bundle);
                answers.add(new CompletableFuture<>());
                return answers.getLast();
            },
            rests::add);

    @Test
    void aLoneMessageGoesAtOnce() {
        CompletableFuture<Bundle.Fate> fate = add("1");
        assertThat(sent).singleElement().returns(1, Bundle::messages);
        assertThat(fate).isNotDone();
        answers.getFirst().complete(Bundle.Fate.QUEUED);
        assertThat(fate).isCompletedWithValue(Bundle.Fate.QUEUED);
    }

    @Test
    void whatComesWhileABundleIsOnItsWaySharesTheNextInItsOrder() {
        add("1");
        CompletableFuture<Bundle.Fate> third = add("3");
        CompletableFuture<Bundle.Fate> fourth = add("4");
        assertThat(sent).hasSize(1);
        answers.getFirst().complete(Bundle.Fate.QUEUED);
        assertThat(sent).hasSize(2);
        assertThat(HexFormat.of().formatHex(bytes(sent.getLast()))).isEqualTo("0001740000000133" + "0001740000000134");
        answers.getLast().complete(Bundle.Fate.NOBODY_LISTENS);
        assertThat(third).isCompletedWithValue(Bundle.Fate.NOBODY_LISTENS);
        assertThat(fourth).isCompletedWithValue(Bundle.Fate.NOBODY_LISTENS);
    }

    @Test
    void afterALoneMessageThereIsNoRest() {
        add("1");
        answers.getLast().complete(Bundle.Fate.QUEUED);
        add("2");
        assertThat(sent).hasSize(2);
        assertThat(rests).isEmpty();
    }

    @Test
    void afterABundleOfSeveralTheNextWaitsForCompanyUntilTheRestIsOver() {
        bundleOfTwo();
        add("4");
        add("5");
        assertThat(sent).hasSize(2);
        rests.getFirst().run();
        assertThat(sent).hasSize(3).last().returns(2, Bundle::messages);
    }

    @Test
    void aRestThatBringsNothingIsOver() {
        bundleOfTwo();
        rests.getFirst().run();
        assertThat(sent).hasSize(2);
        add("4");
        assertThat(sent).hasSize(3);
    }

    @Test
    void aFullBundleDoesNotWaitForTheRest() {
        bundleOfTwo();
        for (int i = 1; i < Bundle.MESSAGES_MAX; i++) {
            add("x");
        }
        assertThat(sent).hasSize(2);
        add("the last");
        assertThat(sent).hasSize(3).last().returns(Bundle.MESSAGES_MAX, Bundle::messages);
        rests.getFirst().run();
        assertThat(sent).as("one at a time").hasSize(3);
    }

    private void bundleOfTwo() {
        add("1");
        add("2");
        add("3");
        answers.getFirst().complete(Bundle.Fate.QUEUED);
        answers.getLast().complete(Bundle.Fate.QUEUED);
        assertThat(sent).last().returns(2, Bundle::messages);
        assertThat(rests).hasSize(1);
    }

    @Test
    void aBundleIsNoLargerThanItsLimits() {
        for (int i = 0; i < 1 + 2 * Bundle.MESSAGES_MAX; i++) {
            add("x");
        }
        for (int i = 0; i < answers.size(); i++) {
            answers.get(i).complete(Bundle.Fate.QUEUED);
        }
        assertThat(sent).extracting(Bundle::messages).containsExactly(1, Bundle.MESSAGES_MAX, Bundle.MESSAGES_MAX);
    }

    @Test
    void moreThanTheLimitDoesNotWait() {
        String large = "x".repeat(1 << 20);
        add("1");
        for (int i = 0; i < 16; i++) {
            assertThat(queue.add("t", payload(large))).isNotNull();
        }
        assertThat(queue.add("t", payload("x"))).isNull();
        answers.getFirst().complete(Bundle.Fate.QUEUED);
        assertThat(queue.add("t", payload("x"))).isNotNull();
    }

    private CompletableFuture<Bundle.Fate> add(String payload) {
        CompletableFuture<Bundle.Fate> fate = queue.add("t", payload(payload));
        if (fate == null) {
            throw new AssertionError("no room for " + payload);
        }
        return fate;
    }

    private static ByteBuffer payload(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static byte[] bytes(Bundle bundle) {
        ByteBuffer payload = bundle.payload();
        var bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return bytes;
    }
}
