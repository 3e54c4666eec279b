package io.millrace.agent.input;

/** How an input came to its end. */
public sealed interface InputEnd {
    /**
     * The source is read to its end.
     *
     * @param events handed to the spool by this run
     * @param refused rows, of this and earlier runs, that were no events; each was logged or counted
     */
    record Finished(long events, long refused) implements InputEnd {}

    /**
     * The source does not fit the configuration, or the configuration the source.
     *
     * @param reason what, where, and what to do
     */
    record Unfit(String reason) implements InputEnd {}

    /** The source is not there or cannot be read. */
    record Unreachable(String reason) implements InputEnd {}
}
