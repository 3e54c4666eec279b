package io.millrace.model;

/** The kind of a {@link Value}, with the code that wire, spool and the {@code events} table store. */
public enum ValueType {
    NUMBER(1),
    INTEGER(2),
    BOOLEAN(3),
    TEXT(4);

    private static final ValueType[] BY_CODE = values();

    private final byte code;

    ValueType(int code) {
        this.code = (byte) code;
    }

    /** 1 number, 2 integer, 3 boolean, 4 text. */
    public byte code() {
        return code;
    }

    /**
     * @param code 1 to 4
     * @throws IllegalArgumentException for any other code
     */
    public static ValueType ofCode(int code) {
        if (code < 1 || code > BY_CODE.length) {
            throw new IllegalArgumentException("value type code is %d, expected 1 to 4".formatted(code));
        }
        return BY_CODE[code - 1];
    }
}
