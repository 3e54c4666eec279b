package io.millrace.gateway.commit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bounded queue between the broker's connections and the commit loop. When it is full a connection is told to wait:
 * its next message stays unacknowledged, the broker's window fills, and the agents keep their data. Nothing is dropped.
 */
public final class Inbox {
    /** Twice the broker's window (1 000) for each of three connections. */
    public static final int MESSAGES_MAX = 6_000;

    /** Bytes at which connections wait; one message of at most 1 MiB may exceed it. */
    public static final long BYTES_MAX = 64L << 20;

    private record Waiting(Incoming message, CompletableFuture<Void> room) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition notEmpty = lock.newCondition();
    private final Queue<Incoming> messages = new ArrayDeque<>();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long bytes;

    /**
     * Never blocks.
     *
     * @return done once the message is in the queue; a connection that waits for it holds at most one message here
     */
    public CompletableFuture<Void> put(Incoming message) {
        lock.lock();
        try {
            if (waiting.isEmpty() && hasRoom()) {
                accept(message);
                return CompletableFuture.completedFuture(null);
            }
            var room = new CompletableFuture<Void>();
            waiting.add(new Waiting(message, room));
            return room;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a first message and takes it with what else is there.
     *
     * @param timeout longest wait for the first one
     * @param messagesMax at least 1
     * @return in the order of arrival; empty when none came in time
     */
    List<Incoming> take(Duration timeout, int messagesMax, long bytesMax) throws InterruptedException {
        var taken = new ArrayList<Incoming>();
        var freed = new ArrayList<CompletableFuture<Void>>();
        lock.lockInterruptibly();
        try {
            long nanos = timeout.toNanos();
            while (messages.isEmpty() && nanos > 0) {
                nanos = notEmpty.awaitNanos(nanos);
            }
            long takenBytes = 0;
            while (!messages.isEmpty() && taken.size() < messagesMax && takenBytes < bytesMax) {
                Incoming message = messages.remove();
                takenBytes += message.bytes();
                taken.add(message);
            }
            bytes -= takenBytes;
            while (!waiting.isEmpty() && hasRoom()) {
                Waiting next = waiting.remove();
                accept(next.message());
                freed.add(next.room());
            }
        } finally {
            lock.unlock();
        }
        freed.forEach(room -> room.complete(null));
        return taken;
    }

    private boolean hasRoom() {
        return messages.size() < MESSAGES_MAX && bytes < BYTES_MAX;
    }

    private void accept(Incoming message) {
        messages.add(message);
        bytes += message.bytes();
        notEmpty.signal();
    }

    public int messages() {
        lock.lock();
        try {
            return messages.size() + waiting.size();
        } finally {
            lock.unlock();
        }
    }

    public long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
