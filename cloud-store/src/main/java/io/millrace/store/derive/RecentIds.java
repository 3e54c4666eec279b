package io.millrace.store.derive;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashSet;

/** The last {@value #IDS_MAX} ids of one kind: one that comes again within them is a repeat. */
final class RecentIds {
    static final int IDS_MAX = 100_000;

    private final LinkedHashSet<Id> ids = new LinkedHashSet<>();

    private record Id(long group, long number) {}

    /** Whether the id is new; it then takes the place of the oldest. */
    boolean add(long group, long number) {
        if (!ids.add(new Id(group, number))) {
            return false;
        }
        if (ids.size() > IDS_MAX) {
            ids.removeFirst();
        }
        return true;
    }

    boolean contains(long group, long number) {
        return ids.contains(new Id(group, number));
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(ids.size());
        for (Id id : ids) {
            out.writeLong(id.group);
            out.writeLong(id.number);
        }
    }

    static RecentIds read(DataInput in) throws IOException {
        var ids = new RecentIds();
        for (int left = in.readInt(); left > 0; left--) {
            ids.add(in.readLong(), in.readLong());
        }
        return ids;
    }
}
