package io.millrace.model;

/** How far a reading can be trusted, as in OPC UA: the code is what the {@code events} table stores. */
public enum Quality {
    GOOD(0),
    UNCERTAIN(1),
    BAD(2);

    private static final Quality[] BY_CODE = values();

    private final byte code;

    Quality(int code) {
        this.code = (byte) code;
    }

    /** 0 good, 1 uncertain, 2 bad. */
    public byte code() {
        return code;
    }

    /**
     * @param code 0 to 2
     * @throws IllegalArgumentException for any other code
     */
    public static Quality ofCode(int code) {
        if (code < 0 || code >= BY_CODE.length) {
            throw new IllegalArgumentException("quality code is %d, expected 0 to 2".formatted(code));
        }
        return BY_CODE[code];
    }
}
