package io.millrace.store;

import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.Output;
import io.millrace.store.derive.Projection;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.WindowRow;
import io.millrace.store.log.LoggedEntry;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The smallest projection with a memory and a rule: after every so many events a window that counts them, and a transition. */
class Counting implements Projection {
    private static final int BYTES = 24;

    private final int wanted;
    private volatile long every;
    private long events;
    private double sum;

    Counting() {
        this(100);
    }

    /**
     * @param every its rule, which its snapshot keeps
     */
    Counting(int every) {
        this.wanted = every;
        this.every = every;
    }

    /** The rule that it goes by now. */
    long every() {
        return every;
    }

    @Override
    public void restore(byte @Nullable [] snapshot) {
        var bytes = snapshot == null ? ByteBuffer.allocate(BYTES).putLong(0, wanted) : ByteBuffer.wrap(snapshot);
        every = bytes.getLong();
        events = bytes.getLong();
        sum = bytes.getDouble();
    }

    @Override
    public void fold(LoggedEntry entry, Fresh fresh, Output out) {
        for (int n = 0; n < fresh.size(); n++) {
            sum += fresh.events().number(fresh.index(n));
            if (++events % every == 0) {
                conclude(fresh, fresh.events().timeMicros(fresh.index(n)), out);
            }
        }
    }

    private void conclude(Fresh fresh, long at, Output out) {
        out.window(new WindowRow(
                at,
                60_000_000,
                fresh.site(),
                fresh.agent(),
                "pump",
                "pressure",
                "bar",
                events,
                0,
                sum,
                sum / events,
                sum,
                0,
                0,
                sum,
                Double.NaN,
                0,
                1,
                false,
                false,
                fresh.position()));
        out.transition(new TransitionRow(
                at,
                fresh.position(),
                "id-" + events,
                "rule",
                fresh.site(),
                fresh.agent(),
                "pump",
                "pressure",
                events / every % 2 == 0 ? TransitionRow.Transition.CLEARED : TransitionRow.Transition.RAISED,
                "major",
                sum,
                Double.NaN,
                "sum is " + sum,
                false,
                null,
                null,
                null));
    }

    @Override
    public byte[] snapshot() {
        return ByteBuffer.allocate(BYTES)
                .putLong(every)
                .putLong(events)
                .putDouble(sum)
                .array();
    }

    @Override
    public Projection anew() {
        return new Counting((int) every);
    }
}
