package io.millrace.store.questdb;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** What was committed to one table and is not seen by readers yet. Any thread. */
final class Unapplied {
    /** Commits remembered; beyond that the newest two count as one. */
    private static final int COMMITS_MAX = 10_000;

    private final Deque<Commit> commits = new ArrayDeque<>();
    private long rowsCommitted;

    private record Commit(long transaction, long rows, long nanos) {}

    synchronized void committed(long transaction, long rows) {
        rowsCommitted += rows;
        long nanos = System.nanoTime();
        long together = rows;
        if (commits.size() >= COMMITS_MAX) {
            Commit last = commits.removeLast();
            nanos = last.nanos;
            together += last.rows;
        }
        commits.addLast(new Commit(transaction, together, nanos));
    }

    /** Readers see everything up to that transaction. */
    synchronized void applied(long transaction) {
        while (!commits.isEmpty() && commits.getFirst().transaction <= transaction) {
            commits.removeFirst();
        }
    }

    synchronized void clear() {
        commits.clear();
    }

    synchronized long rows() {
        return commits.stream().mapToLong(Commit::rows).sum();
    }

    /** How long ago the oldest of them was committed; 0 if there is none. */
    synchronized long behindMillis() {
        return commits.isEmpty() ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - commits.getFirst().nanos);
    }

    /** All that were ever committed since the start. */
    synchronized long rowsCommitted() {
        return rowsCommitted;
    }
}
