package io.millrace.agent.input;

import io.millrace.agent.spool.AppendResult;
import io.millrace.agent.spool.InputState;
import io.millrace.model.Event;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A spool in memory: keeps what it is given, or answers as a test wants. */
final class MemoryIntake implements Intake {
    final List<Event> events = new ArrayList<>();
    final List<String> lanesUsed = new ArrayList<>();
    final Map<String, byte[]> states = new HashMap<>();
    final Deque<AppendResult> answers = new ArrayDeque<>();
    int records;
    int recordsMax = Integer.MAX_VALUE;
    boolean flushes = true;

    @Override
    public List<String> lanes() {
        return List.of("alarm", "telemetry");
    }

    @Override
    public byte @Nullable [] state(String input) {
        return states.get(input);
    }

    @Override
    public synchronized AppendResult append(String lane, List<Event> record, @Nullable InputState state) {
        AppendResult answer = answers.poll();
        if (answer != null) {
            return answer;
        }
        if (records == recordsMax) {
            throw new Killed();
        }
        records++;
        events.addAll(record);
        lanesUsed.add(lane);
        if (state != null) {
            states.put(state.input(), state.bytes());
        }
        return new AppendResult.Accepted(1, 0);
    }

    @Override
    public boolean flush(String lane) {
        return flushes;
    }

    @Override
    public boolean awaitRoom(String lane, Duration atMost) {
        return true;
    }

    @Override
    public boolean awaitBacklog(String lane, long atMostEvents, Duration atMost) {
        return true;
    }

    /** The process ends here. */
    static final class Killed extends RuntimeException {}
}
