package io.millrace.store.log;

/** What a log entry is about, with the code that the {@code log} table stores. */
public enum EntryKind {
    /** A batch of events; the payload is the wire message as received. */
    BATCH(1),
    /** Gaps that an agent declares; the payload is the wire message as received. */
    GAPS(2),
    /** What an agent says of itself; the payload is the status message as received. */
    STATUS(3),
    /** One reading of a plain device; the payload is the message as received. */
    PLAIN(4),
    /** A whole message that could not be used; the payload is the message as received. */
    REJECTED(5),
    /** Time passed. */
    TICK(6),
    /** A dead letter that an operator drives again; the payload is a {@link Redrive}. */
    REDRIVE(7),
    /** An operator declares that sequences will never come; the payload is a {@link Closing}. */
    CLOSE(8),
    /** Events before a time are given up, or were counted; the payload is a {@link Retire}. */
    RETIRE(9),
    /** A person does something about an alert; the payload is an {@link AlertOrder}. */
    COMMAND(10);

    private static final EntryKind[] BY_CODE = values();

    private final byte code;

    EntryKind(int code) {
        this.code = (byte) code;
    }

    /** 1 batch, 2 gaps, 3 status, 4 plain, 5 rejected, 6 tick, 7 redrive, 8 close, 9 retire, 10 command. */
    public byte code() {
        return code;
    }

    /**
     * @param code 1 to 10
     * @throws IllegalArgumentException for any other code
     */
    public static EntryKind ofCode(int code) {
        if (code < 1 || code > BY_CODE.length) {
            throw new IllegalArgumentException("entry kind is %d, expected 1 to %d".formatted(code, BY_CODE.length));
        }
        return BY_CODE[code - 1];
    }
}
