package io.millrace.store.derive;

import io.millrace.store.ledger.Ledger;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * All state that the fold has come to at one position, without the projection's. It is a function of the log up to
 * there, so it can be dropped and folded again.
 *
 * @param plainIds readings of plain devices that were folded
 * @param redriven positions and sequences of dead letters that were driven again and left the dead letters
 */
record ReadModels(Ledger ledger, RecentIds plainIds, RecentIds redriven, LatestValues latest) {
    static ReadModels empty() {
        return new ReadModels(new Ledger(), new RecentIds(), new RecentIds(), new LatestValues());
    }

    /** For a projection alone, which looks at the books and not at the latest values. */
    static ReadModels booksOnly() {
        return new ReadModels(new Ledger(), new RecentIds(), new RecentIds(), LatestValues.none());
    }

    void write(DataOutput out) throws IOException {
        ledger.write(out);
        plainIds.write(out);
        redriven.write(out);
        latest.write(out);
    }

    static ReadModels read(DataInput in) throws IOException {
        return new ReadModels(Ledger.read(in), RecentIds.read(in), RecentIds.read(in), LatestValues.read(in));
    }
}
