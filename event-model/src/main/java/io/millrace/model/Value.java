package io.millrace.model;

/** What a device measured. The four cases are all that the wire and the store know. */
public sealed interface Value {
    /** Any double, also NaN, infinities and -0.0: admission judges it, the wire does not. */
    record Numeric(double number) implements Value {}

    /** A whole number that a device sent as one; exact over all 64 bits. */
    record Whole(long number) implements Value {}

    /** On or off. */
    record Bool(boolean on) implements Value {}

    /**
     * Text of any content, also empty; intake and admission limit its length. Half of a surrogate pair is no character
     * and becomes {@code ?} where the text is first written.
     */
    record Text(String text) implements Value {}
}
