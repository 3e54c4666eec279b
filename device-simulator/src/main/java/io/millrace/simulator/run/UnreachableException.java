package io.millrace.simulator.run;

/** Something that a run needs does not answer; the message says what and what to do. */
public final class UnreachableException extends Exception {
    public UnreachableException(String message) {
        super(message);
    }
}
