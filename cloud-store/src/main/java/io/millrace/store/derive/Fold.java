package io.millrace.store.derive;

import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.StreamId;
import io.millrace.model.wire.AgentStatus;
import io.millrace.model.wire.Decoded;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.MalformedMessageException;
import io.millrace.model.wire.StatusCodec;
import io.millrace.model.wire.WireDecoder;
import io.millrace.model.wire.WireEncoder;
import io.millrace.store.ledger.Ledger;
import io.millrace.store.log.Closing;
import io.millrace.store.log.Letter;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.log.Redrive;
import io.millrace.store.log.Retire;
import io.millrace.store.log.Verdict;
import io.millrace.store.log.Verdict.DeadLetter;
import io.millrace.store.log.Verdicts;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Folds one entry into the books and writes the rows that follow from it, but for its events. Everything it looks at is
 * in the log, so folding the same entries again gives the same books and the same rows. Not thread-safe.
 */
final class Fold {
    /** What QuestDB can hold as a row's time: 1970 up to the end of the year 9999, in microseconds. */
    private static final long TIME_MICROS_MAX = 253_402_300_799_999_999L;

    private static final DeadLetter TIME_OUT_OF_RANGE =
            new DeadLetter("time_out_of_range", "the event's time is before 1970 or after the year 9999");
    private static final DeadLetter UNDECODABLE =
            new DeadLetter("undecodable", "the logged message cannot be decoded by this version of the software");

    private final PlainDecoder plainDecoder;
    private final WireDecoder decoder = new WireDecoder();
    private final WireEncoder encoder = new WireEncoder();
    private final ReadModels models;
    private final Rows rows;
    private long floorMicros;
    private long repeats;

    Fold(ReadModels models, Rows rows, PlainDecoder plainDecoder) {
        this.floorMicros = models.ledger().floorMicros();
        this.models = models;
        this.rows = rows;
        this.plainDecoder = plainDecoder;
    }

    /** Takes in the next entry; the caller writes the events that are returned, and folds the projection with them. */
    Fresh entry(LoggedEntry logged) {
        LogEntry entry = logged.entry();
        Fresh fresh = switch (entry.kind()) {
            case BATCH -> batch(logged);
            case PLAIN -> plain(logged);
            case GAPS -> gaps(logged);
            case STATUS -> status(logged);
            case REJECTED -> rejected(logged);
            case TICK -> tick(logged);
            case REDRIVE -> redrive(logged);
            case CLOSE -> close(logged);
            case RETIRE -> retire(logged);
            case COMMAND -> Fresh.none(logged.position(), entry);
        };
        models.ledger().reached(logged.position(), logged.committedMicros());
        return fresh;
    }

    private Fresh batch(LoggedEntry logged) {
        EventBatch events = batchEvents(logged);
        return events == null ? wholeMessage(logged, UNDECODABLE) : events(logged, events);
    }

    private @Nullable EventBatch batchEvents(LoggedEntry logged) {
        LogEntry entry = logged.entry();
        EventBatch events = logged.events();
        if (events == null && decoder.decode(entry.payload()) instanceof Decoded.Events(Envelope _, EventBatch batch)) {
            events = batch;
        }
        return events == null || events.size() != entry.count() ? null : events;
    }

    private Fresh plain(LoggedEntry logged) {
        LogEntry entry = logged.entry();
        boolean repeated = !models.plainIds().add(entry.epoch(), entry.first());
        repeats += repeated ? 1 : 0;
        EventBatch events = repeated ? null : plainEvents(logged);
        DeadLetter why = events == null ? UNDECODABLE : unfit(entry.verdicts(), events, 0);
        models.ledger().plain(repeated, why != null, logged.committedMicros());
        if (events != null && why == null) {
            return taken(reading(logged, events));
        }
        if (!repeated && why != null) {
            rows.deadLetter(deadLetter(logged, entry.first(), why, entry.payload()));
        }
        return Fresh.none(logged.position(), entry);
    }

    private static Fresh reading(LoggedEntry logged, EventBatch events) {
        LogEntry entry = logged.entry();
        boolean future = entry.verdicts().of(0) instanceof Verdict.Future;
        return new Fresh(
                logged.position(), entry, events, new int[] {0}, new byte[] {flags(future, entry.backfill())}, 1);
    }

    private @Nullable EventBatch plainEvents(LoggedEntry logged) {
        LogEntry entry = logged.entry();
        if (logged.events() != null) {
            return logged.events();
        }
        try {
            String topic = entry.topic() == null ? "" : entry.topic();
            EventBatch events = plainDecoder.decode(topic, entry.payload(), entry.fromMicros());
            return events.size() == 1 ? events : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Fresh events(LoggedEntry logged, EventBatch events) {
        LogEntry entry = logged.entry();
        Judged judged = judge(entry, events);
        Ledger.Booked booked = models.ledger().book(entry.stream(), judged.fit, judged.unfit);
        deadEvents(logged, events, booked.dead());
        repeats += events.size() - count(booked.stored()) - count(booked.dead());
        return taken(fresh(logged, events, booked.stored()));
    }

    private static long count(List<Interval> intervals) {
        return intervals.stream().mapToLong(Interval::count).sum();
    }

    /** How many events were seen before, since the last call. */
    long takeRepeats() {
        long taken = repeats;
        repeats = 0;
        return taken;
    }

    private record Judged(List<Interval> fit, List<Interval> unfit) {}

    private Judged judge(LogEntry entry, EventBatch events) {
        var fit = new ArrayList<Interval>();
        var unfit = new ArrayList<Interval>();
        int start = 0;
        while (start < events.size()) {
            boolean isUnfit = unfit(entry.verdicts(), events, start) != null;
            int end = start + 1;
            while (end < events.size() && (unfit(entry.verdicts(), events, end) != null) == isUnfit) {
                end++;
            }
            (isUnfit ? unfit : fit).add(new Interval(entry.first() + start, entry.first() + end - 1));
            start = end;
        }
        return new Judged(fit, unfit);
    }

    /** Why event {@code i} is not to be stored, or null if it is. */
    private @Nullable DeadLetter unfit(Verdicts verdicts, EventBatch events, int i) {
        if (!verdicts.isEmpty() && verdicts.of(i) instanceof DeadLetter why) {
            return why;
        }
        long time = events.timeMicros(i);
        if (time < 0 || time > TIME_MICROS_MAX) {
            return TIME_OUT_OF_RANGE;
        }
        return time < floorMicros ? expired() : null;
    }

    private DeadLetter expired() {
        return new DeadLetter(
                "expired",
                "the event is older than what is kept: retention gives up what was before %s"
                        .formatted(Instant.EPOCH.plus(floorMicros, ChronoUnit.MICROS)));
    }

    private Fresh fresh(LoggedEntry logged, EventBatch events, List<Interval> stored) {
        LogEntry entry = logged.entry();
        int[] indexes = new int[events.size()];
        byte[] flags = new byte[events.size()];
        int size = 0;
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (Interval interval : stored) {
            int last = (int) (interval.last() - entry.first());
            for (int i = (int) (interval.first() - entry.first()); i <= last; i++) {
                boolean future = !entry.verdicts().isEmpty() && entry.verdicts().of(i) instanceof Verdict.Future;
                indexes[size] = i;
                flags[size++] = flags(future, entry.backfill());
                from = Math.min(from, events.timeMicros(i));
                to = Math.max(to, events.timeMicros(i));
            }
        }
        if (size > 0) {
            models.ledger().happened(entry.stream(), from, to);
        }
        return new Fresh(logged.position(), entry, events, indexes, flags, size);
    }

    private static byte flags(boolean future, boolean backfill) {
        return (byte) ((future ? Fresh.FUTURE : 0) | (backfill ? Fresh.BACKFILL : 0));
    }

    private Fresh taken(Fresh fresh) {
        models.latest().fold(fresh);
        return fresh;
    }

    private void deadEvents(LoggedEntry logged, EventBatch events, List<Interval> unfit) {
        for (Interval dead : unfit) {
            for (long sequence = dead.first(); sequence <= dead.last(); sequence++) {
                deadEvent(logged, events, sequence);
            }
        }
    }

    private void deadEvent(LoggedEntry logged, EventBatch events, long sequence) {
        LogEntry entry = logged.entry();
        int i = (int) (sequence - entry.first());
        DeadLetter why = unfit(entry.verdicts(), events, i);
        var envelope = new Envelope(entry.stream(), sequence, 1, false, 0, 0, null);
        byte[] alone = encoder.encode(
                envelope, EventBatch.builder().add(events.event(i)).build());
        rows.deadLetter(deadLetter(logged, sequence, why == null ? UNDECODABLE : why, alone));
    }

    private Fresh rejected(LoggedEntry logged) {
        LogEntry entry = logged.entry();
        DeadLetter why = said(entry);
        if (entry.count() > 0) {
            return wholeMessage(logged, why);
        }
        if (entry.lane().equals(StreamId.PLAIN)) {
            models.ledger().plain(false, true, logged.committedMicros());
        }
        rows.deadLetter(deadLetter(logged, null, why, entry.payload()));
        return Fresh.none(logged.position(), entry);
    }

    private static DeadLetter said(LogEntry entry) {
        return entry.verdicts().of(0) instanceof DeadLetter said ? said : UNDECODABLE;
    }

    /** One dead letter for a message of which the interval is known. */
    private Fresh wholeMessage(LoggedEntry logged, DeadLetter why) {
        LogEntry entry = logged.entry();
        if (entry.count() == 0) {
            return Fresh.none(logged.position(), entry);
        }
        var interval = new Interval(entry.first(), entry.first() + entry.count() - 1);
        Ledger.Booked booked = models.ledger().book(entry.stream(), List.of(), List.of(interval));
        if (!booked.dead().isEmpty()) {
            rows.deadLetter(deadLetter(logged, entry.first(), why, entry.payload()));
        }
        return Fresh.none(logged.position(), entry);
    }

    private static DeadLetterRow deadLetter(
            LoggedEntry logged, @Nullable Long sequence, DeadLetter why, byte[] payload) {
        LogEntry entry = logged.entry();
        var letter = new Letter(
                logged.committedMicros(),
                logged.position(),
                sequence,
                entry.site(),
                entry.agent(),
                entry.lane(),
                sequence == null ? null : entry.epoch(),
                entry.topic(),
                why);
        return new DeadLetterRow(letter, payload, null, null);
    }

    /** A dead letter's message, as admission judged it this time. One that has left the dead letters stays out. */
    private Fresh redrive(LoggedEntry logged) {
        var redrive = Redrive.of(logged.entry());
        Letter letter = redrive.letter();
        var again = new LoggedEntry(logged.position(), logged.committedMicros(), redrive.entry(), logged.events());
        if (models.redriven().contains(letter.position(), letter.sequenceOrUnknown())) {
            return Fresh.none(again.position(), again.entry());
        }
        return switch (redrive.entry().kind()) {
            case BATCH -> batchAgain(letter, again);
            case PLAIN -> plainAgain(letter, again);
            case GAPS -> {
                leaves(letter, again, false);
                yield gaps(again);
            }
            case REJECTED -> stays(letter, again, said(again.entry()));
            case STATUS, TICK, REDRIVE, CLOSE, RETIRE, COMMAND -> stays(letter, again, UNDECODABLE);
        };
    }

    private Fresh batchAgain(Letter letter, LoggedEntry again) {
        EventBatch events = batchEvents(again);
        if (events == null) {
            return stays(letter, again, UNDECODABLE);
        }
        Judged judged = judge(again.entry(), events);
        DeadLetter first = unfit(again.entry().verdicts(), events, 0);
        if (judged.fit.isEmpty() && first != null) {
            return stays(letter, again, first);
        }
        leaves(letter, again, false);
        Ledger.Booked booked = models.ledger().book(again.entry().stream(), judged.fit, judged.unfit);
        deadEvents(again, events, judged.unfit);
        return taken(fresh(again, events, booked.stored()));
    }

    private Fresh plainAgain(Letter letter, LoggedEntry again) {
        EventBatch events = plainEvents(again);
        DeadLetter why = events == null ? UNDECODABLE : unfit(again.entry().verdicts(), events, 0);
        if (events == null || why != null) {
            return stays(letter, again, why == null ? UNDECODABLE : why);
        }
        models.plainIds().add(again.entry().epoch(), again.entry().first());
        leaves(letter, again, true);
        return taken(reading(again, events));
    }

    /** Keeps the letter, with what is wrong with it now. */
    private Fresh stays(Letter letter, LoggedEntry again, DeadLetter why) {
        byte[] message = again.entry().payload();
        rows.deadLetter(new DeadLetterRow(letter.because(why), message, again.committedMicros(), null));
        return Fresh.none(again.position(), again.entry());
    }

    private void leaves(Letter letter, LoggedEntry again, boolean asReading) {
        byte[] message = again.entry().payload();
        rows.deadLetter(new DeadLetterRow(letter, message, again.committedMicros(), DeadLetterRow.STORED));
        models.redriven().add(letter.position(), letter.sequenceOrUnknown());
        if (letter.lane().equals(StreamId.PLAIN)) {
            models.ledger().plainRedriven(asReading);
        }
    }

    private Fresh gaps(LoggedEntry logged) {
        LogEntry entry = logged.entry();
        if (decoder.decode(entry.payload()) instanceof Decoded.Gaps(Envelope _, List<Gap> gaps)) {
            return gaps(logged, gaps, null);
        }
        return Fresh.none(logged.position(), entry);
    }

    private Fresh gaps(LoggedEntry logged, List<Gap> gaps, @Nullable String detail) {
        var parts = new ArrayList<Gap>();
        for (Gap gap : gaps) {
            if (gap.stream().equals(logged.entry().stream())) {
                for (Interval open : models.ledger().gap(gap)) {
                    var part = new Gap(gap.stream(), open, gap.reason(), gap.fromMicros(), gap.toMicros());
                    rows.gap(new GapRow(logged.committedMicros(), logged.position(), part, detail));
                    parts.add(part);
                }
            }
        }
        return Fresh.ofGaps(logged.position(), logged.entry(), parts);
    }

    private Fresh close(LoggedEntry logged) {
        var closing = Closing.of(logged.entry());
        return gaps(logged, closing.gaps(), closing.why());
    }

    private Fresh status(LoggedEntry logged) {
        LogEntry entry = logged.entry();
        try {
            AgentStatus status = StatusCodec.decode(entry.payload());
            models.ledger().status(entry.site(), entry.agent(), status, logged.committedMicros());
        } catch (MalformedMessageException e) {
            // admission logs only what can be decoded, so this is of newer software: nothing to book
        }
        return Fresh.none(logged.position(), entry);
    }

    private Fresh retire(LoggedEntry logged) {
        var retire = Retire.of(logged.entry());
        Ledger ledger = models.ledger();
        ledger.raiseFloor(retire.floorMicros());
        floorMicros = ledger.floorMicros();
        retire.counts().forEach(count -> ledger.retire(count.stream(), count.events()));
        if (retire.step() == Retire.Step.LAST_COUNTS) {
            ledger.retired(retire.floorMicros());
        }
        return Fresh.none(logged.position(), logged.entry());
    }

    private Fresh tick(LoggedEntry logged) {
        if (logged.entry().count() > 0) {
            models.ledger().brokerDropped(logged.entry().count());
        }
        return Fresh.none(logged.position(), logged.entry());
    }
}
