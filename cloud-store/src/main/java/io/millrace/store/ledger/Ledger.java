package io.millrace.store.ledger;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import io.millrace.model.StreamId;
import io.millrace.model.wire.AgentStatus;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The books of all streams, kept by the derivation's thread and read by any. Pure: the same log gives the same books.
 *
 * <p>At a limit nothing is claimed that is not known: sequences that cannot be booked any more are stored all the same,
 * counted as {@link #overLimit()}, and an audit shows them as missing rather than vouching for them.
 */
public final class Ledger implements LedgerView {
    /** Most intervals that one stream's book may take. */
    public static final int INTERVALS_MAX = 10_000;

    /** Most streams, and most agents, that have a book. */
    public static final int STREAMS_MAX = 200_000;

    private static final int VERSION_CHARS_MAX = 64;

    /** A status older than the last one by no more was overtaken on the way; by more, the agent's clock was set back. */
    private static final long OVERTAKEN_MICROS_MAX = 300_000_000;

    static final long SEQUENCE_MAX = Long.MAX_VALUE - 1;

    private static final Comparator<StreamId> BY_NAME = Comparator.comparing(StreamId::site)
            .thenComparing(StreamId::agent)
            .thenComparing(StreamId::lane)
            .thenComparingLong(StreamId::epoch);

    private final Map<StreamId, StreamBook> books = new HashMap<>();
    private final Map<AgentId, List<StreamBook>> booksOfAgent = new HashMap<>();
    private final Map<AgentId, AgentState> agents = new HashMap<>();
    private PlainAccount plain = new PlainAccount(0, 0, 0, 0, 0, Optional.empty());
    private long position;
    private long committedMicros;
    private long overLimit;
    private long floorMicros = Long.MIN_VALUE;
    private long retiredMicros = Long.MIN_VALUE;

    private record AgentId(String site, String agent) {}

    /** A stream's account and exactly which sequences are stored. */
    public record Stored(StreamAccount account, IntervalSet stored) {}

    /** Copies of accounts, and the position up to which they go. */
    public record Cut(
            long position, long committedMicros, long retiredMicros, List<Stored> streams, PlainAccount plain) {}

    /**
     * Books a batch, or a rejected interval.
     *
     * @param fit sequences that admission let in, ascending
     * @param unfit sequences that are dead letters, ascending
     * @return what of it is new
     */
    public synchronized Booked book(StreamId stream, List<Interval> fit, List<Interval> unfit) {
        StreamBook book = bookOf(stream);
        if (book == null) {
            return new Booked(fit, unfit);
        }
        var stored = new ArrayList<Interval>();
        fit.forEach(i -> stored.addAll(book.notStored(i.first(), i.last())));
        var dead = new ArrayList<Interval>();
        unfit.forEach(i -> dead.addAll(book.unsettled(i.first(), i.last())));
        if (book.isFullFor(stored) || (!dead.isEmpty() && book.isFullFor(dead))) {
            overLimit++;
        } else {
            stored.forEach(i -> book.store(i.first(), i.last()));
            dead.forEach(i -> book.deadLetter(i.first(), i.last()));
        }
        return new Booked(stored, dead);
    }

    /** What was new: sequences to store, and sequences to keep as dead letters. */
    public record Booked(List<Interval> stored, List<Interval> dead) {}

    /** Widens the time range of what a stream has stored. */
    public synchronized void happened(StreamId stream, long fromMicros, long toMicros) {
        StreamBook book = bookOf(stream);
        if (book != null) {
            book.happened(fromMicros, toMicros);
        }
    }

    /** Books a gap; returns what of it was neither settled nor explained before, ascending. */
    public synchronized List<Interval> gap(Gap gap) {
        StreamBook book = bookOf(gap.stream());
        if (book == null) {
            return List.of(gap.range());
        }
        List<Interval> open = book.unexplained(gap.range());
        if (open.isEmpty()) {
            return open;
        }
        if (book.isFullFor(open)) {
            overLimit++;
        } else {
            book.gap(gap.reason(), open);
        }
        return open;
    }

    /**
     * Takes an agent's word for what it produced and still holds. An epoch that it does not name any more is drained:
     * it holds nothing of it. A last will says nothing of epochs. A status that a later one has overtaken says nothing.
     *
     * @param seenMicros commit time of the status
     */
    public synchronized void status(String site, String agent, AgentStatus status, long seenMicros) {
        var id = new AgentId(site, agent);
        if (!agents.containsKey(id) && agents.size() >= STREAMS_MAX) {
            overLimit++;
            return;
        }
        AgentState last = agents.get(id);
        if (last != null && isOvertaken(status, last)) {
            return;
        }
        String version = status.version();
        String shown = version.length() > VERSION_CHARS_MAX ? version.substring(0, VERSION_CHARS_MAX) : version;
        agents.put(id, new AgentState(site, agent, status.online(), status.sentAtMicros(), shown, seenMicros));
        var named = new HashSet<StreamBook>();
        for (AgentStatus.Epoch e : status.epochs()) {
            StreamBook book = bookOf(new StreamId(site, agent, e.lane(), e.epoch()));
            if (book != null) {
                book.status(e.produced(), e.held());
                named.add(book);
            }
        }
        if (status.online() || !named.isEmpty()) {
            booksOfAgent.getOrDefault(id, List.of()).stream()
                    .filter(book -> !named.contains(book))
                    .forEach(StreamBook::drained);
        }
    }

    /** A last will is as old as its connection and still the last word of it. */
    private static boolean isOvertaken(AgentStatus status, AgentState last) {
        long earlier = last.sentAtMicros() - status.sentAtMicros();
        return status.online() && earlier > 0 && earlier <= OVERTAKEN_MICROS_MAX;
    }

    /** Books one reading of a plain device. */
    public synchronized void plain(boolean repeated, boolean deadLettered, long seenMicros) {
        plain = new PlainAccount(
                plain.events() + (repeated || deadLettered ? 0 : 1),
                plain.collapsed() + (repeated ? 1 : 0),
                plain.brokerDropped(),
                plain.deadLettered() + (deadLettered && !repeated ? 1 : 0),
                plain.retired(),
                Optional.of(seenMicros));
    }

    /**
     * Books that a dead letter which was counted here was driven again and is none any more.
     *
     * @param asReading whether it became a reading of a plain device
     */
    public synchronized void plainRedriven(boolean asReading) {
        plain = new PlainAccount(
                plain.events() + (asReading ? 1 : 0),
                plain.collapsed(),
                plain.brokerDropped(),
                plain.deadLettered() - 1,
                plain.retired(),
                plain.lastSeenMicros());
    }

    public synchronized void brokerDropped(int messages) {
        plain = new PlainAccount(
                plain.events(),
                plain.collapsed(),
                plain.brokerDropped() + messages,
                plain.deadLettered(),
                plain.retired(),
                plain.lastSeenMicros());
    }

    /** Raises the floor: events before that time are not stored any more. It never falls. */
    public synchronized void raiseFloor(long micros) {
        floorMicros = Math.max(floorMicros, micros);
    }

    /** Books events as retired; a stream of lane {@value StreamId#PLAIN} stands for all plain devices. */
    public synchronized void retire(StreamId stream, long events) {
        if (stream.lane().equals(StreamId.PLAIN)) {
            plain = new PlainAccount(
                    plain.events(),
                    plain.collapsed(),
                    plain.brokerDropped(),
                    plain.deadLettered(),
                    plain.retired() + events,
                    plain.lastSeenMicros());
            return;
        }
        StreamBook book = books.get(stream);
        if (book != null) {
            book.retire(events);
        }
    }

    /** Says that all events before that time are booked as retired. */
    public synchronized void retired(long micros) {
        retiredMicros = Math.max(retiredMicros, micros);
    }

    /** Says that everything up to this position is booked, and when that entry was committed. */
    public synchronized void reached(long newPosition, long newCommittedMicros) {
        position = newPosition;
        committedMicros = newCommittedMicros;
    }

    private @Nullable StreamBook bookOf(StreamId stream) {
        StreamBook book = books.get(stream);
        if (book == null) {
            if (books.size() >= STREAMS_MAX) {
                overLimit++;
                return null;
            }
            book = new StreamBook(stream);
            add(stream, book);
        }
        return book;
    }

    private void add(StreamId stream, StreamBook book) {
        books.put(stream, book);
        booksOfAgent
                .computeIfAbsent(new AgentId(stream.site(), stream.agent()), _ -> new ArrayList<>())
                .add(book);
    }

    @Override
    public synchronized List<StreamAccount> streams(Predicate<StreamAccount> filter) {
        return cut(filter).streams().stream().map(Stored::account).toList();
    }

    @Override
    public synchronized List<Open> open(Predicate<StreamAccount> filter) {
        var open = new ArrayList<Open>();
        for (StreamBook book : books.values()) {
            StreamAccount account = book.account();
            if (filter.test(account)) {
                IntervalSet waiting = book.open();
                IntervalSet missing = book.missing(waiting);
                waiting.removeAll(missing);
                open.add(new Open(account, missing.intervals(), waiting.intervals()));
            }
        }
        open.sort(Comparator.comparing(o -> o.account().stream(), BY_NAME));
        return open;
    }

    /** Everything an audit needs, at one position. */
    public synchronized Cut cut(Predicate<StreamAccount> filter) {
        List<Stored> streams = books.values().stream()
                .map(book -> new Stored(book.account(), book.storedCopy()))
                .filter(s -> filter.test(s.account()))
                .sorted(Comparator.comparing(s -> s.account().stream(), BY_NAME))
                .toList();
        return new Cut(position, committedMicros, retiredMicros, streams, plain);
    }

    @Override
    public synchronized List<AgentState> agents() {
        return agents.values().stream()
                .sorted(Comparator.comparing(AgentState::site).thenComparing(AgentState::agent))
                .toList();
    }

    @Override
    public synchronized PlainAccount plain() {
        return plain;
    }

    @Override
    public synchronized long floorMicros() {
        return floorMicros;
    }

    @Override
    public synchronized long retiredMicros() {
        return retiredMicros;
    }

    /** Commit time of the entry at {@link #position}, microseconds since 1970; 0 before the first. */
    public synchronized long committedMicros() {
        return committedMicros;
    }

    @Override
    public synchronized long position() {
        return position;
    }

    @Override
    public synchronized long overLimit() {
        return overLimit;
    }

    /** Writes the books for a checkpoint, in an order that depends on their content alone. */
    public synchronized void write(DataOutput out) throws IOException {
        out.writeLong(position);
        out.writeLong(committedMicros);
        out.writeLong(overLimit);
        out.writeLong(floorMicros);
        out.writeLong(retiredMicros);
        out.writeInt(books.size());
        for (StreamId s : books.keySet().stream().sorted(BY_NAME).toList()) {
            out.writeUTF(s.site());
            out.writeUTF(s.agent());
            out.writeUTF(s.lane());
            out.writeLong(s.epoch());
            books.getOrDefault(s, new StreamBook(s)).write(out);
        }
        List<AgentState> sorted = agents();
        out.writeInt(sorted.size());
        for (AgentState a : sorted) {
            out.writeUTF(a.site());
            out.writeUTF(a.agent());
            out.writeBoolean(a.online());
            out.writeLong(a.sentAtMicros());
            out.writeUTF(a.version());
            out.writeLong(a.seenMicros());
        }
        out.writeLong(plain.events());
        out.writeLong(plain.collapsed());
        out.writeLong(plain.brokerDropped());
        out.writeLong(plain.deadLettered());
        out.writeLong(plain.retired());
        out.writeLong(plain.lastSeenMicros().orElse(Long.MIN_VALUE));
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException if it ends early
     * @throws IllegalArgumentException if it is not that
     */
    public static Ledger read(DataInput in) throws IOException {
        var ledger = new Ledger();
        ledger.position = in.readLong();
        ledger.committedMicros = in.readLong();
        ledger.overLimit = in.readLong();
        ledger.floorMicros = in.readLong();
        ledger.retiredMicros = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            var stream = new StreamId(in.readUTF(), in.readUTF(), in.readUTF(), in.readLong());
            ledger.add(stream, StreamBook.read(stream, in));
        }
        for (int left = in.readInt(); left > 0; left--) {
            var agent = new AgentState(
                    in.readUTF(), in.readUTF(), in.readBoolean(), in.readLong(), in.readUTF(), in.readLong());
            ledger.agents.put(new AgentId(agent.site(), agent.agent()), agent);
        }
        long events = in.readLong();
        long collapsed = in.readLong();
        long brokerDropped = in.readLong();
        long deadLettered = in.readLong();
        long retired = in.readLong();
        long seen = in.readLong();
        ledger.plain = new PlainAccount(
                events,
                collapsed,
                brokerDropped,
                deadLettered,
                retired,
                seen == Long.MIN_VALUE ? Optional.empty() : Optional.of(seen));
        return ledger;
    }
}
