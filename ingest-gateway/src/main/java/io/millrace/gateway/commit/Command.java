package io.millrace.gateway.commit;

import io.millrace.gateway.admit.Admission;
import io.millrace.gateway.admit.Admitted;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What an operator wants logged, in one commit.
 *
 * @param bytes about what it takes in memory
 * @param decision what is logged
 * @param committed completes at the position of its first entry once that is durable, at 0 if nothing was to be logged;
 *     exceptionally with what the decision threw
 */
public record Command(int bytes, long arrivedNanos, Decision decision, CompletableFuture<Long> committed)
        implements Incoming {
    /** Made on the commit loop's thread, so that it may use the admission. */
    @FunctionalInterface
    public interface Decision {
        List<Admitted> admit(Admission admission, long nowMicros);
    }

    public static Command of(int bytes, long arrivedNanos, Decision decision) {
        return new Command(bytes, arrivedNanos, decision, new CompletableFuture<>());
    }

    @Override
    public List<Admitted> admit(Admission admission, long nowMicros) {
        try {
            return decision.admit(admission, nowMicros);
        } catch (RuntimeException e) { // the fault of whoever asked, and no reason to end the loop
            committed.completeExceptionally(e);
            return List.of();
        }
    }

    @Override
    public void logged(long position) {
        committed.complete(position);
    }
}
