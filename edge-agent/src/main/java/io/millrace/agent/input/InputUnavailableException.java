package io.millrace.agent.input;

/** An input cannot even be opened: its port is taken, say. */
public final class InputUnavailableException extends Exception {
    InputUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
