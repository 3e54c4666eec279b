package io.millrace.projections;

/** A snapshot cannot be resumed from. Nothing is lost: derive from the start of the log instead. */
public final class UnusableSnapshotException extends Exception {
    UnusableSnapshotException(String why) {
        super("snapshot of the projections is %s; derive them again from the start of the log".formatted(why));
    }
}
