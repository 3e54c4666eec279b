package io.millrace.gateway.commit;

import io.millrace.gateway.admit.Admission;
import io.millrace.gateway.admit.Admitted;
import java.util.List;

/** What waits in the {@link Inbox} to be logged. */
public sealed interface Incoming permits Inbound, Command {
    /** What it costs in the inbox. */
    int bytes();

    /** {@link System#nanoTime} when it came. */
    long arrivedNanos();

    /** Asked once, in the order of the inbox, from the commit loop's thread. */
    List<Admitted> admit(Admission admission, long nowMicros);

    /**
     * Called once from the commit loop's thread, after the commit.
     *
     * @param position of the first entry that it became; 0 if it became none
     */
    void logged(long position);
}
