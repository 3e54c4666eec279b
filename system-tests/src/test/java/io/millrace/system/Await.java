package io.millrace.system;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Waits for a condition between processes, which have nothing in common that could be waited on. */
final class Await {
    /** Generous: it is only ever waited out when something is broken. */
    static final Duration MAX = Duration.ofMinutes(5);

    private static final Duration ASK_EVERY = Duration.ofMillis(20);

    private Await() {}

    /**
     * The first answer that is not null.
     *
     * @throws AssertionError if there is none within {@link #MAX}
     */
    static <T> T until(String what, Callable<@Nullable T> question) throws Exception {
        return until(what, ASK_EVERY, question);
    }

    /** The same for a question that costs something. */
    static <T> T until(String what, Duration askEvery, Callable<@Nullable T> question) throws Exception {
        long deadline = System.nanoTime() + MAX.toNanos();
        while (System.nanoTime() < deadline) {
            T answer = question.call();
            if (answer != null) {
                return answer;
            }
            Thread.sleep(askEvery);
        }
        throw new AssertionError("not within %d s: %s".formatted(MAX.toSeconds(), what));
    }
}
