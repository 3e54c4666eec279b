package io.millrace.broker;

/** Something the broker needs for itself is taken: its port or its data folder. */
final class InUseException extends Exception {
    InUseException(String message) {
        super(message);
    }
}
