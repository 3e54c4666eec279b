package io.millrace.agent.spool;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The lock of a lane: held for memory and writes to the operating system, never while the disk is forced. */
final class LaneLock {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LongSupplier nanoTime;

    LaneLock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    <T extends @Nullable Object> T get(Supplier<T> body) {
        lock.lock();
        try {
            return body.get();
        } finally {
            lock.unlock();
        }
    }

    void run(Runnable body) {
        lock.lock();
        try {
            body.run();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes those that wait for a condition to look at it; to be called with the lock held. */
    void signalChange() {
        changed.signalAll();
    }

    /**
     * Waits with the lock released between looks.
     *
     * @return whether the condition holds
     */
    boolean await(BooleanSupplier condition, BooleanSupplier giveUp, Duration atMost) throws InterruptedException {
        long deadline = nanoTime.getAsLong() + atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!condition.getAsBoolean()) {
                long left = deadline - nanoTime.getAsLong();
                if (left <= 0 || giveUp.getAsBoolean()) {
                    return false;
                }
                var _ = changed.awaitNanos(Math.min(left, LOOK_AGAIN.toNanos()));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
