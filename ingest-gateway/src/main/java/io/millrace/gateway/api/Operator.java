package io.millrace.gateway.api;

import io.millrace.gateway.commit.Command;
import io.millrace.gateway.commit.Inbox;
import io.millrace.store.Store;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Has commands logged in turn with what the broker brings, and waits for what follows from them. */
@Singleton
final class Operator {
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    private final Inbox inbox;
    private final Store store;

    Operator(Inbox inbox, Store store) {
        this.inbox = inbox;
        this.store = store;
    }

    /**
     * Hands a command to the commit loop; blocks while the inbox is full.
     *
     * @param bytes about what it takes in memory
     * @return completes as {@link Command#committed} does
     * @throws ProblemException if the inbox stays full for 30 s
     */
    CompletableFuture<Long> hand(int bytes, Command.Decision decision) throws InterruptedException {
        Command command = Command.of(bytes, System.nanoTime(), decision);
        await(inbox.put(command));
        return command.committed();
    }

    /**
     * Waits up to 30 s until it is done.
     *
     * @throws ProblemException if it is not done by then: the log takes no entries
     */
    <T> T await(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get(WAIT_MAX.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new ProblemException(
                    503,
                    "not logged yet",
                    ("The log took nothing for %d s; a full disk is the usual reason, see /q/health/ready."
                                    + " What was asked for is done when it takes entries again")
                            .formatted(WAIT_MAX.toSeconds()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("a command could not be logged: " + e.getMessage(), e);
        }
    }

    /**
     * Waits up to 30 s until all that is logged can be read.
     *
     * @throws ProblemException if it cannot be by then
     */
    void awaitVisible() throws InterruptedException {
        if (!store.awaitVisible(WAIT_MAX)) {
            throw new ProblemException(
                    503,
                    "not applied yet",
                    "What is logged is not readable after %d s: the store applies too slowly or derives again. Try later"
                            .formatted(WAIT_MAX.toSeconds()));
        }
    }
}
