package io.millrace.store;

import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.Output;
import io.millrace.store.derive.Projection;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.WindowRow;
import io.millrace.store.log.LoggedEntry;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The smallest projection with a memory: after every 100 events a window that counts them, and a transition. */
final class Counting implements Projection {
    private long events;
    private double sum;

    @Override
    public void restore(byte @Nullable [] snapshot) {
        var bytes = snapshot == null ? ByteBuffer.allocate(16) : ByteBuffer.wrap(snapshot);
        events = bytes.getLong();
        sum = bytes.getDouble();
    }

    @Override
    public void fold(LoggedEntry entry, Fresh fresh, Output out) {
        for (int n = 0; n < fresh.size(); n++) {
            sum += fresh.events().number(fresh.index(n));
            if (++events % 100 == 0) {
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
                events % 200 == 0 ? TransitionRow.Transition.CLEARED : TransitionRow.Transition.RAISED,
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
        return ByteBuffer.allocate(16).putLong(events).putDouble(sum).array();
    }
}
