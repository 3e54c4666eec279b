package io.millrace.agent.spool;

/**
 * How far an input has come, kept in the same record as the events that brought it there, so that a kill neither
 * repeats nor skips any.
 *
 * @param input the input's name, unique in the agent and the same after a restart; 1 to {@value #NAME_CHARS_MAX} characters
 * @param bytes any content, at most {@value #BYTES_MAX} bytes; not copied, must not be changed afterwards
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a list of bytes would cost more than it explains
public record InputState(String input, byte[] bytes) {
    public static final int NAME_CHARS_MAX = 255;
    public static final int BYTES_MAX = 4096;

    public InputState {
        if (input.isEmpty() || input.length() > NAME_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "name of an input has %d characters, expected 1 to %d".formatted(input.length(), NAME_CHARS_MAX));
        }
        if (bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException("state of input %s is %d bytes long, expected at most %d"
                    .formatted(input, bytes.length, BYTES_MAX));
        }
    }
}
