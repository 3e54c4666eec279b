package io.millrace.agent.input;

import io.millrace.agent.spool.AppendResult;
import io.millrace.agent.spool.InputState;
import io.millrace.model.Event;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What inputs see of the spool. Thread-safe. */
public interface Intake {
    /** The lanes, most urgent first; the last is the default. */
    List<String> lanes();

    /** The state that the input last stored with events; null if it never did. */
    byte @Nullable [] state(String input);

    /**
     * Takes events and state as one record: after a crash all of it is there or nothing.
     *
     * @param events at most 10 000, and at most 1 MiB
     * @throws IllegalArgumentException if they are more, or there is no such lane
     */
    AppendResult append(String lane, List<Event> events, @Nullable InputState state);

    /** Hands what was appended to the operating system; whether that worked. */
    boolean flush(String lane);

    /** Waits until the lane would take events again; whether it does. */
    boolean awaitRoom(String lane, Duration atMost) throws InterruptedException;

    /** Waits until at most that many events have no receipt; whether that is so. */
    boolean awaitBacklog(String lane, long atMostEvents, Duration atMost) throws InterruptedException;
}
