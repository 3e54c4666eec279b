package io.millrace.projections;

import io.millrace.model.Series;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * The bytes of an engine's state, big-endian, for the same version of this software only.
 *
 * <pre>
 * snapshot := magic "MRPJ" | version i32 | content hash of rules and limits utf | turn | series count i32 | series* | stale marks | gaps
 *             | agents | lag | crc
 * series   := site utf | agent utf | device utf | metric utf | unit utf | state
 * crc      := i32, CRC-32C of all bytes before it
 * </pre>
 */
final class Snapshot {
    /** Goes up whenever the engine's answers or these bytes change: old snapshots are then derived again. */
    private static final int VERSION = 11;

    private static final int MAGIC = 0x4d52_504a;

    private Snapshot() {}

    /** Gives the state of the series at this place of the list, which is then read. */
    interface SeriesFactory {
        SeriesState at(int i, String site, String agent, Series series) throws IOException;
    }

    static byte[] write(Rules rules, Turn turn, List<SeriesState> series, Agents agents, Lag lag) {
        var bytes = new ByteArrayOutputStream();
        var checked = new CheckedOutputStream(bytes, new CRC32C());
        try (var to = new DataOutputStream(checked)) {
            to.writeInt(MAGIC);
            to.writeInt(VERSION);
            to.writeUTF(setting(rules, turn.limits));
            turn.write(to);
            to.writeInt(series.size());
            for (SeriesState state : series) {
                to.writeUTF(state.site);
                to.writeUTF(state.agent);
                to.writeUTF(state.series.device());
                to.writeUTF(state.series.metric());
                to.writeUTF(state.series.unit());
                state.write(to);
            }
            turn.stale.write(to);
            turn.gaps.write(to);
            agents.write(to);
            lag.write(to);
            to.writeInt((int) checked.getChecksum().getValue());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    static void read(byte[] snapshot, Rules rules, Turn turn, SeriesFactory factory, Agents agents, Lag lag)
            throws UnusableSnapshotException {
        int content = snapshot.length - Integer.BYTES;
        if (content < 2 * Integer.BYTES
                || crc(snapshot, content) != ByteBuffer.wrap(snapshot).getInt(content)) {
            throw new UnusableSnapshotException("damaged (%d bytes, wrong checksum)".formatted(snapshot.length));
        }
        try (var from = new DataInputStream(new ByteArrayInputStream(snapshot, 0, content))) {
            int magic = from.readInt();
            int version = from.readInt();
            if (magic != MAGIC || version != VERSION) {
                throw new UnusableSnapshotException("of version %d, expected %d".formatted(version, VERSION));
            }
            if (!from.readUTF().equals(setting(rules, turn.limits))) {
                throw new UnusableSnapshotException("of other rules or limits");
            }
            turn.read(from);
            int count = from.readInt();
            var all = new ArrayList<SeriesState>(Math.min(count, turn.limits.seriesMax()));
            for (int i = 0; i < count; i++) {
                String site = from.readUTF();
                String agent = from.readUTF();
                all.add(factory.at(i, site, agent, new Series(from.readUTF(), from.readUTF(), from.readUTF())));
                all.getLast().read(from);
            }
            turn.stale.read(from, all);
            turn.gaps.read(from);
            agents.read(from);
            lag.read(from);
            if (from.available() > 0) {
                throw new UnusableSnapshotException("longer than its content");
            }
        } catch (IOException e) {
            throw new UnusableSnapshotException("shorter than its content");
        }
    }

    private static String setting(Rules rules, Limits limits) {
        return rules.hash() + " " + limits;
    }

    private static int crc(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
