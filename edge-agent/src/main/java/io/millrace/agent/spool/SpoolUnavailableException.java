package io.millrace.agent.spool;

/** The spool's folder cannot be used: in use by another agent, of another agent, or not writable. */
public final class SpoolUnavailableException extends Exception {
    SpoolUnavailableException(String message) {
        super(message);
    }

    SpoolUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
