package io.millrace.store.derive;

import io.millrace.store.log.LoggedEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Entries on their way from the commit loop to the derivation. Offering never waits: what does not fit is left out, and
 * the queue remembers up to which position, so that the other end can read it from the log.
 */
final class EntryQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<LoggedEntry> entries = new ArrayDeque<>();
    private long bytes;
    private long leftOut;
    private long leftOutTo;
    private boolean woken;

    void offer(List<LoggedEntry> offered) {
        lock.lock();
        try {
            for (LoggedEntry entry : offered) {
                if (entries.size() >= Derivation.QUEUE_ENTRIES_MAX || bytes >= Derivation.QUEUE_BYTES_MAX) {
                    leftOut++;
                    leftOutTo = entry.position();
                } else {
                    entries.add(entry);
                    bytes += entry.entry().payload().length;
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The next entry; null if none came within the time, or {@link #wake} was called. */
    @Nullable
    LoggedEntry poll(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while (entries.isEmpty() && !woken && left > 0) {
                left = changed.awaitNanos(left);
            }
            woken = false;
            LoggedEntry entry = entries.poll();
            if (entry != null) {
                bytes -= entry.entry().payload().length;
            }
            return entry;
        } finally {
            lock.unlock();
        }
    }

    /** Ends a wait in {@link #poll}. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The last position that was left out, 0 if none ever was. */
    long leftOutTo() {
        lock.lock();
        try {
            return leftOutTo;
        } finally {
            lock.unlock();
        }
    }

    long leftOut() {
        lock.lock();
        try {
            return leftOut;
        } finally {
            lock.unlock();
        }
    }
}
