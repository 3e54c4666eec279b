package io.millrace.projections;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import io.millrace.model.StreamId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gaps that agents declared: times of which readings are known to be missing. One counts until all of its sequences have
 * been stored after all, since nobody knows whose time was which.
 */
final class Gaps {
    /** Remembered of one agent; the one that ends earliest gives way. */
    static final int OF_AGENT_MAX = 100;

    /** Remembered in all; a further one is left out. */
    static final int GAPS_MAX = 100_000;

    /** 9999-12-31: an interval of times begins at 0 or later, as events do that are stored. */
    private static final long TIME_MICROS_MAX = 253_402_300_799_999_999L;

    private final Map<Agent, OfAgent> agents = new LinkedHashMap<>();
    private int count;

    /** Gaps that gave way or were left out: windows given out later do not show them. */
    long refused;

    record Agent(String site, String agent) {}

    private static final class Declared {
        final Gap gap;

        /** Sequences that were not stored since; {@link Long#MAX_VALUE} if nobody knows how many there are. */
        long left;

        Declared(Gap gap, long left) {
            this.gap = gap;
            this.left = left;
        }

        long fromMicros() {
            return Math.clamp(gap.fromMicros(), 0, TIME_MICROS_MAX);
        }

        long toMicros() {
            return Math.clamp(gap.toMicros(), 0, TIME_MICROS_MAX);
        }
    }

    private static final class OfAgent {
        /** In the order in which they were declared. */
        final List<Declared> gaps = new ArrayList<>();

        /** Times that any of them hides. */
        IntervalSet times = new IntervalSet();

        /** Times that are hidden now and were not at the last tick, or the other way round. */
        IntervalSet changed = new IntervalSet();

        void add(Declared added) {
            change(times.missingFrom(added.fromMicros(), added.toMicros()));
            gaps.add(added);
            times.add(added.fromMicros(), added.toMicros());
        }

        /** No window is corrected for that: what was hidden still is. */
        void forgetEarliest() {
            gaps.remove(gaps.stream()
                    .min(Comparator.comparingLong(Declared::toMicros))
                    .orElseThrow());
            times = union();
        }

        void filled(Declared filled) {
            gaps.remove(filled);
            times = union();
            change(times.missingFrom(filled.fromMicros(), filled.toMicros()));
        }

        private IntervalSet union() {
            var union = new IntervalSet();
            gaps.forEach(gap -> union.add(gap.fromMicros(), gap.toMicros()));
            return union;
        }

        private void change(List<Interval> intervals) {
            changed.addAll(intervals);
            if (changed.intervalCount() > OF_AGENT_MAX) {
                List<Interval> all = changed.intervals();
                changed.add(all.getFirst().first(), all.getLast().last());
            }
        }
    }

    /** Takes in a gap, or what of it is not stored. */
    void declared(Gap gap) {
        if (count >= GAPS_MAX) {
            refused++;
            return;
        }
        OfAgent agent = agents.computeIfAbsent(agentOf(gap.stream()), _ -> new OfAgent());
        agent.add(new Declared(
                gap, gap.range().isOpenEnded() ? Long.MAX_VALUE : gap.range().count()));
        count++;
        if (agent.gaps.size() > OF_AGENT_MAX) {
            agent.forgetEarliest();
            count--;
            refused++;
        }
    }

    /** Takes in that sequences are stored that were not before. */
    void stored(StreamId stream, Interval sequences) {
        OfAgent agent = agents.get(agentOf(stream));
        if (agent == null) {
            return;
        }
        for (Declared declared : List.copyOf(agent.gaps)) {
            Interval range = declared.gap.range();
            long first = Math.max(range.first(), sequences.first());
            long last = Math.min(range.last(), sequences.last());
            if (first <= last && !range.isOpenEnded() && declared.gap.stream().equals(stream)) {
                declared.left -= last - first + 1;
                if (declared.left <= 0) {
                    agent.filled(declared);
                    count--;
                }
            }
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    long count() {
        return count;
    }

    /** Which share of a time is hidden, 0 to 1. */
    double share(String site, String agent, long fromMicros, long toMicros) {
        OfAgent of = count == 0 ? null : agents.get(new Agent(site, agent));
        return of == null ? 0 : (double) hidden(of.times, fromMicros, toMicros) / (toMicros - fromMicros);
    }

    /** How much of a time, its end exclusive, is in the set. */
    static long hidden(IntervalSet times, long fromMicros, long toMicros) {
        return toMicros <= 0 ? 0 : times.count(Math.max(0, fromMicros), toMicros - 1);
    }

    /** Agents of which more or less is hidden than at the last call, and when, in the order in which they came. */
    Map<Agent, IntervalSet> takeChanges() {
        var changes = new LinkedHashMap<Agent, IntervalSet>();
        agents.forEach((name, agent) -> {
            if (!agent.changed.isEmpty()) {
                changes.put(name, agent.changed);
                agent.changed = new IntervalSet();
            }
        });
        agents.values().removeIf(agent -> agent.gaps.isEmpty());
        return changes;
    }

    private static Agent agentOf(StreamId stream) {
        return new Agent(stream.site(), stream.agent());
    }

    void write(DataOutput to) throws IOException {
        to.writeLong(refused);
        to.writeInt(agents.size());
        for (Map.Entry<Agent, OfAgent> e : agents.entrySet()) {
            to.writeUTF(e.getKey().site);
            to.writeUTF(e.getKey().agent);
            to.writeInt(e.getValue().gaps.size());
            for (Declared declared : e.getValue().gaps) {
                write(declared, to);
            }
            to.writeInt(e.getValue().changed.intervalCount());
            for (Interval i : e.getValue().changed) {
                to.writeLong(i.first());
                to.writeLong(i.last());
            }
        }
    }

    private static void write(Declared declared, DataOutput to) throws IOException {
        Gap gap = declared.gap;
        to.writeUTF(gap.stream().lane());
        to.writeLong(gap.stream().epoch());
        to.writeLong(gap.range().first());
        to.writeLong(gap.range().last());
        to.writeUTF(gap.reason().label());
        to.writeLong(gap.fromMicros());
        to.writeLong(gap.toMicros());
        to.writeLong(declared.left);
    }

    void read(DataInput from) throws IOException {
        refused = from.readLong();
        for (int n = from.readInt(); n > 0; n--) {
            var name = new Agent(from.readUTF(), from.readUTF());
            var agent = new OfAgent();
            agents.put(name, agent);
            for (int left = from.readInt(); left > 0; left--) {
                agent.gaps.add(read(name, from));
                count++;
            }
            agent.times = agent.union();
            for (int left = from.readInt(); left > 0; left--) {
                agent.changed.add(from.readLong(), from.readLong());
            }
        }
    }

    private static Declared read(Agent name, DataInput from) throws IOException {
        var stream = new StreamId(name.site, name.agent, from.readUTF(), from.readLong());
        var range = new Interval(from.readLong(), from.readLong());
        var gap = new Gap(stream, range, Gap.Reason.ofLabel(from.readUTF()), from.readLong(), from.readLong());
        return new Declared(gap, from.readLong());
    }
}
