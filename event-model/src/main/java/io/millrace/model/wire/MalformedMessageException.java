package io.millrace.model.wire;

/** A message is not what its format says. The text names what is wrong and where; it holds no stack trace. */
public final class MalformedMessageException extends Exception {
    public MalformedMessageException(String message) {
        super(message, null, false, false);
    }
}
