package io.millrace.store.derive;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The last position whose rows are committed; one thread moves it, others wait for it. */
final class CommittedPosition {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private volatile long position;
    private volatile long awaited;

    long get() {
        return position;
    }

    /**
     * Whether anybody has asked for more than is committed, which is folded by now; of many the one who asked for least. If
     * nobody waits any more, a commit more does no harm.
     */
    boolean isAwaited(long folded) {
        long wanted = awaited;
        return position < wanted && wanted <= folded;
    }

    /** Also back, when the derivation begins again from its checkpoint. */
    void set(long newPosition) {
        lock.lock();
        try {
            position = newPosition;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is at least {@code wanted}; false if it is not in time. */
    boolean await(long wanted, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        lock.lockInterruptibly();
        try {
            while (position < wanted) {
                awaited = position < awaited ? Math.min(awaited, wanted) : wanted;
                if (left <= 0) {
                    return false;
                }
                left = moved.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
