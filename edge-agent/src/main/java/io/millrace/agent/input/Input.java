package io.millrace.agent.input;

/** A source of events. One thread runs it; an interrupt ends it. */
public interface Input extends AutoCloseable {
    /** As configured; unique in the agent. */
    String name();

    /** Whether it comes to an end by itself. */
    boolean ends();

    /**
     * Reads until the source ends and appends what it reads; blocks. What it appended before an interrupt stays.
     *
     * @return how it ended; what goes wrong with the source is returned, never thrown
     * @throws InterruptedException if interrupted, the usual end of an input that does not end by itself
     */
    InputEnd run() throws InterruptedException;

    /** Lets go of what it holds, such as a port; after {@link #run}. */
    @Override
    void close();
}
