package io.millrace.agent.input;

import io.millrace.agent.spool.AppendResult;
import io.millrace.agent.spool.InputState;
import io.millrace.agent.spool.Spool;
import io.millrace.model.Event;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The spool as inputs see it.
 *
 * @param lanes those that are configured; the spool may still hold others
 */
public record SpoolIntake(Spool spool, List<String> lanes) implements Intake {
    @Override
    public byte @Nullable [] state(String input) {
        return spool.inputState(input);
    }

    @Override
    public AppendResult append(String lane, List<Event> events, @Nullable InputState state) {
        return spool.lane(lane).append(events, state);
    }

    @Override
    public boolean flush(String lane) {
        return spool.lane(lane).flush();
    }

    @Override
    public boolean awaitRoom(String lane, Duration atMost) throws InterruptedException {
        return spool.lane(lane).awaitRoom(atMost);
    }

    @Override
    public boolean awaitBacklog(String lane, long atMostEvents, Duration atMost) throws InterruptedException {
        return spool.lane(lane).awaitBacklog(atMostEvents, atMost);
    }
}
