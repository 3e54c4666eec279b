package io.millrace.simulator.run;

import io.millrace.simulator.verify.Findings;
import io.millrace.simulator.verify.Produced;
import io.millrace.simulator.verify.Verification;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Finds out what becomes of the events of a run: watches from its beginning until it is closed, compares at its end. */
@FunctionalInterface
interface Verifier extends AutoCloseable {
    /** Finds out nothing. */
    Verifier NONE = (_, _) -> new Result(null, null, null, null);

    /**
     * What was found out.
     *
     * @param findings null if nothing was compared
     * @param visible delays until events were seen; null if nothing was compared
     * @param alert delays until alerts were seen; null if none was
     * @param lost why nothing could be compared; null if it was, or was not to be
     */
    record Result(
            @Nullable Findings findings,
            @Nullable Delays visible,
            @Nullable Delays alert,
            @Nullable Lost lost) {}

    /**
     * The proof was lost.
     *
     * @param why a sentence that says what to do
     * @param delivered events that had come to the subscriber; null if there was none
     */
    record Lost(String why, @Nullable Long delivered) {}

    /** Whether it is known by now that nothing will be found out. */
    default boolean isLost() {
        return false;
    }

    /**
     * Blocks until all that is on its way has come, then compares. To be called once, when nothing new is sent.
     *
     * @param interrupted whether the run was ended before its time; then it waits for less long
     */
    Result verify(Produced produced, boolean interrupted) throws InterruptedException;

    /** Without a further event for so long, none is awaited. */
    static Duration settled(boolean interrupted) {
        return interrupted ? Duration.ofSeconds(1) : Verification.SETTLED;
    }

    /** Ends watching. */
    @Override
    default void close() {}
}
