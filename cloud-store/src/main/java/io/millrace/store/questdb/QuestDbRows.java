package io.millrace.store.questdb;

import io.millrace.model.EventBatch;
import io.millrace.model.Interval;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.ValueType;
import io.millrace.store.derive.DeadLetterRow;
import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.GapRow;
import io.millrace.store.derive.ProjectionTable;
import io.millrace.store.derive.RebuildTarget;
import io.millrace.store.derive.Rows;
import io.millrace.store.derive.StagedRows;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.WindowRow;
import io.millrace.store.log.Letter;
import io.questdb.cairo.TableWriter;
import io.questdb.std.Numbers;
import io.questdb.std.str.Utf8String;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes the read models' rows past SQL, straight into each table's write-ahead log. */
public final class QuestDbRows implements Rows {
    static final List<String> EVENTS = List.of(
            "ts", "site", "agent", "device", "metric", "unit", "type", "value", "text", "quality", "lane", "epoch",
            "seq", "flags");
    static final List<String> GAPS = List.of(
            "ts",
            "site",
            "agent",
            "lane",
            "epoch",
            "first",
            "last",
            "reason",
            "from_ts",
            "to_ts",
            "position",
            "detail");
    static final List<String> DEAD_LETTERS = List.of(
            "ts",
            "site",
            "agent",
            "topic",
            "reason",
            "detail",
            "payload",
            "lane",
            "epoch",
            "seq",
            "position",
            "redriven_ts",
            "outcome");
    static final List<String> WINDOWS = List.of(
            "ts",
            "size",
            "site",
            "agent",
            "device",
            "metric",
            "unit",
            "count",
            "min",
            "max",
            "mean",
            "last",
            "version",
            "retroactive",
            "stale",
            "position",
            "sum",
            "variance",
            "first",
            "rate",
            "gap_share");
    static final List<String> TRANSITIONS = List.of(
            "ts",
            "id",
            "rule",
            "site",
            "agent",
            "device",
            "metric",
            "transition",
            "severity",
            "value",
            "threshold",
            "text",
            "retroactive",
            "position",
            "who",
            "why",
            "until");

    /** Integers up to here are exact as a double; beyond, {@code text} keeps their digits. */
    private static final long EXACT_MAX = 1L << 53;

    private final QuestDbTables tables;

    public QuestDbRows(QuestDbTables tables) {
        this.tables = tables;
    }

    @Override
    public void events(Fresh fresh, long fromMicros) {
        write(tables.events(), fresh, fromMicros);
    }

    @Override
    public void lateEvents(Fresh fresh) {
        write(tables.lateEvents(), fresh, Long.MIN_VALUE);
    }

    private static void write(WalTable table, Fresh fresh, long fromMicros) {
        EventBatch events = fresh.events();
        for (int n = 0; n < fresh.size(); n++) {
            int i = fresh.index(n);
            if (events.timeMicros(i) < fromMicros) {
                continue;
            }
            Series series = events.series(i);
            ValueType type = events.type(i);
            TableWriter.Row row = table.row(events.timeMicros(i));
            row.putSym(1, fresh.site());
            row.putSym(2, fresh.agent());
            row.putSym(3, series.device());
            row.putSym(4, series.metric());
            row.putSym(5, series.unit());
            row.putByte(6, type.code());
            row.putDouble(7, events.number(i));
            String text = text(events, i, type);
            if (text != null) {
                row.putVarchar(8, new Utf8String(text));
            }
            row.putByte(9, events.quality(i).code());
            row.putSym(10, fresh.lane());
            row.putLong(11, fresh.epoch());
            row.putLong(12, fresh.sequence(n));
            row.putInt(13, fresh.flags(n));
            row.append();
        }
    }

    private static @Nullable String text(EventBatch events, int i, ValueType type) {
        return switch (type) {
            case TEXT -> events.text(i);
            case INTEGER ->
                events.bits(i) > EXACT_MAX || events.bits(i) < -EXACT_MAX ? Long.toString(events.bits(i)) : null;
            case NUMBER, BOOLEAN -> null;
        };
    }

    @Override
    public void gap(GapRow gap) {
        StreamId stream = gap.gap().stream();
        Interval range = gap.gap().range();
        TableWriter.Row row = tables.gaps().row(gap.declaredMicros());
        row.putSym(1, stream.site());
        row.putSym(2, stream.agent());
        row.putSym(3, stream.lane());
        row.putLong(4, stream.epoch());
        row.putLong(5, range.first());
        row.putLong(6, range.isOpenEnded() ? Numbers.LONG_NULL : range.last());
        row.putSym(7, gap.gap().reason().label());
        row.putTimestamp(8, gap.gap().fromMicros());
        row.putTimestamp(9, gap.gap().toMicros());
        row.putLong(10, gap.position());
        if (gap.detail() != null) {
            row.putVarchar(11, new Utf8String(gap.detail()));
        }
        row.append();
    }

    @Override
    public void deadLetter(DeadLetterRow dead) {
        Letter letter = dead.letter();
        TableWriter.Row row = tables.deadLetters().row(letter.tsMicros());
        String topic = letter.topic();
        row.putSym(1, letter.site());
        row.putSym(2, letter.agent());
        if (topic != null) {
            row.putVarchar(3, new Utf8String(topic));
        }
        row.putSym(4, letter.why().reason());
        row.putVarchar(5, new Utf8String(letter.why().detail()));
        row.putBin(6, new LogTable.Bytes(dead.payload()));
        row.putSym(7, letter.lane());
        row.putLong(8, letter.epoch() == null ? Numbers.LONG_NULL : letter.epoch());
        row.putLong(9, letter.sequence() == null ? Numbers.LONG_NULL : letter.sequence());
        row.putLong(10, letter.position());
        if (dead.redrivenMicros() != null) {
            row.putTimestamp(11, dead.redrivenMicros());
        }
        row.putSym(12, dead.outcome());
        row.append();
    }

    @Override
    public void window(WindowRow w) {
        write(tables.windows(), w);
    }

    private static void write(WalTable table, WindowRow w) {
        TableWriter.Row row = table.row(w.startMicros());
        row.putLong(1, w.sizeMicros());
        row.putSym(2, w.site());
        row.putSym(3, w.agent());
        row.putSym(4, w.device());
        row.putSym(5, w.metric());
        row.putSym(6, w.unit());
        row.putLong(7, w.count() == 0 ? Numbers.LONG_NULL : w.count());
        row.putDouble(8, w.min());
        row.putDouble(9, w.max());
        row.putDouble(10, w.mean());
        row.putDouble(11, w.last());
        row.putInt(12, w.version());
        row.putBool(13, w.retroactive());
        row.putBool(14, w.stale());
        row.putLong(15, w.position());
        row.putDouble(16, w.sum());
        row.putDouble(17, w.variance());
        row.putDouble(18, w.first());
        row.putDouble(19, w.rate());
        row.putDouble(20, w.gapShare());
        row.append();
    }

    @Override
    public void transition(TransitionRow t) {
        write(tables.transitions(), t);
    }

    private static void write(WalTable table, TransitionRow t) {
        TableWriter.Row row = table.row(t.atMicros());
        row.putVarchar(1, new Utf8String(t.id()));
        row.putSym(2, t.rule());
        row.putSym(3, t.site());
        row.putSym(4, t.agent());
        row.putSym(5, t.device());
        row.putSym(6, t.metric());
        row.putSym(7, t.transition().label());
        row.putSym(8, t.severity());
        row.putDouble(9, t.value());
        row.putDouble(10, t.limit());
        row.putVarchar(11, new Utf8String(t.text()));
        row.putBool(12, t.retroactive());
        row.putLong(13, t.position());
        if (t.who() != null) {
            row.putVarchar(14, new Utf8String(t.who()));
        }
        if (t.why() != null) {
            row.putVarchar(15, new Utf8String(t.why()));
        }
        if (t.untilMicros() != null) {
            row.putTimestamp(16, t.untilMicros());
        }
        row.append();
    }

    @Override
    public long pending() {
        return tables.readModels().stream().mapToLong(WalTable::pending).sum();
    }

    @Override
    public long latePending() {
        return tables.lateEvents().pending();
    }

    @Override
    public void commit() {
        tables.readModels().forEach(WalTable::commit);
    }

    @Override
    public void commitLate() {
        tables.lateEvents().commit();
    }

    @Override
    public boolean isApplied() {
        return tables.readModels().stream().allMatch(WalTable::isApplied);
    }

    @Override
    public BooleanSupplier lateApplied() {
        return tables.lateEvents().applied();
    }

    @Override
    public void discard() {
        tables.readModels().forEach(WalTable::discard);
        tables.lateEvents().discard();
    }

    @Override
    public void truncate(RebuildTarget target) {
        tables.of(target).forEach(WalTable::truncate);
    }

    @Override
    public StagedRows stage(Set<ProjectionTable> which) {
        tables.unstage();
        return new Staged(which.stream().collect(Collectors.toMap(table -> table, tables::stage)));
    }

    @Override
    public void publish(Set<ProjectionTable> which) {
        tables.publish(which);
    }

    @Override
    public void unstage() {
        tables.unstage();
    }

    /** Owned by another thread than the tables that people read. */
    private record Staged(Map<ProjectionTable, WalTable> tables) implements StagedRows {
        private WalTable table(ProjectionTable which) {
            return Objects.requireNonNull(tables.get(which), () -> which + " is not staged");
        }

        @Override
        public void window(WindowRow row) {
            write(table(ProjectionTable.WINDOWS), row);
        }

        @Override
        public void transition(TransitionRow row) {
            write(table(ProjectionTable.ALERT_TRANSITIONS), row);
        }

        @Override
        public long pending() {
            return tables.values().stream().mapToLong(WalTable::pending).sum();
        }

        @Override
        public void commit() {
            tables.values().forEach(WalTable::commit);
        }

        @Override
        public boolean isApplied() {
            return tables.values().stream().allMatch(WalTable::isApplied);
        }
    }
}
