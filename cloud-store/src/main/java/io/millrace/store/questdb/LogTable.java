package io.millrace.store.questdb;

import io.millrace.store.log.EntryKind;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.LoggedEntry;
import io.millrace.store.log.Verdicts;
import io.questdb.cairo.TableWriter;
import io.questdb.cairo.sql.Record;
import io.questdb.std.BinarySequence;
import io.questdb.std.str.Utf8Sequence;
import io.questdb.std.str.Utf8String;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of the {@code log} table: how an entry becomes a row and a row an entry. */
final class LogTable {
    static final String NAME = "log";
    static final List<String> COLUMNS = List.of(
            "ts",
            "position",
            "kind",
            "site",
            "agent",
            "lane",
            "epoch",
            "first",
            "count",
            "from_ts",
            "to_ts",
            "backfill",
            "verdicts",
            "topic",
            "payload");

    private static final int TS = 0;
    private static final int POSITION = 1;
    private static final int KIND = 2;
    private static final int SITE = 3;
    private static final int AGENT = 4;
    private static final int LANE = 5;
    private static final int EPOCH = 6;
    private static final int FIRST = 7;
    private static final int COUNT = 8;
    private static final int FROM = 9;
    private static final int TO = 10;
    private static final int BACKFILL = 11;
    private static final int VERDICTS = 12;
    private static final int TOPIC = 13;
    private static final int PAYLOAD = 14;

    private LogTable() {}

    static void write(TableWriter.Row row, long position, LogEntry e) {
        row.putLong(POSITION, position);
        row.putByte(KIND, e.kind().code());
        row.putSym(SITE, e.site());
        row.putSym(AGENT, e.agent());
        row.putSym(LANE, e.lane());
        row.putLong(EPOCH, e.epoch());
        row.putLong(FIRST, e.first());
        row.putInt(COUNT, e.count());
        row.putTimestamp(FROM, e.fromMicros());
        row.putTimestamp(TO, e.toMicros());
        row.putBool(BACKFILL, e.backfill());
        if (!e.verdicts().isEmpty()) {
            row.putBin(VERDICTS, new Bytes(e.verdicts().toBytes()));
        }
        String topic = e.topic();
        if (topic != null) {
            row.putVarchar(TOPIC, new Utf8String(topic));
        }
        row.putBin(PAYLOAD, new Bytes(e.payload()));
        row.append();
    }

    static LoggedEntry read(Record r) {
        byte[] verdicts = bytes(r.getBin(VERDICTS));
        byte[] payload = bytes(r.getBin(PAYLOAD));
        Utf8Sequence topic = r.getVarcharA(TOPIC);
        var entry = new LogEntry(
                EntryKind.ofCode(r.getByte(KIND)),
                text(r.getSymA(SITE)),
                text(r.getSymA(AGENT)),
                text(r.getSymA(LANE)),
                r.getLong(EPOCH),
                r.getLong(FIRST),
                r.getInt(COUNT),
                r.getTimestamp(FROM),
                r.getTimestamp(TO),
                r.getBool(BACKFILL),
                verdicts == null ? Verdicts.NONE : Verdicts.ofBytes(verdicts),
                topic == null ? null : topic.toString(),
                payload == null ? new byte[0] : payload);
        return new LoggedEntry(r.getLong(POSITION), r.getTimestamp(TS), entry, null);
    }

    private static String text(@Nullable CharSequence symbol) {
        return symbol == null ? "" : symbol.toString();
    }

    static byte @Nullable [] bytes(@Nullable BinarySequence binary) {
        if (binary == null) {
            return null;
        }
        byte[] bytes = new byte[(int) binary.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = binary.byteAt(i);
        }
        return bytes;
    }

    /** QuestDB's view of an array. */
    @SuppressWarnings("ArrayRecordComponent") // a view that lives for one call
    record Bytes(byte[] bytes) implements BinarySequence {
        @Override
        public byte byteAt(long index) {
            return bytes[(int) index];
        }

        @Override
        public long length() {
            return bytes.length;
        }
    }
}
