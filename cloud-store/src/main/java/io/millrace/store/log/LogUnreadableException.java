package io.millrace.store.log;

/** The log cannot be read at the moment, or holds what it never should. */
public final class LogUnreadableException extends RuntimeException {
    public LogUnreadableException(String message) {
        super(message);
    }
}
