package io.millrace.benchmarks;

/** What was given to measure cannot be used; the message says what, where and what to do. */
final class InputException extends Exception {
    InputException(String message) {
        super(message);
    }
}
