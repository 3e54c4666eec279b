package io.millrace.agent.uplink;

import io.millrace.agent.spool.LaneSpool;
import io.millrace.agent.uplink.Outgoing.Stage;
import io.millrace.model.Interval;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The messages without a receipt, and whether another one may go. Pure: time is passed in. */
final class Window {
    static final Duration TIMEOUT_MAX = Duration.ofSeconds(60);

    /** Most bytes kept for sending again. */
    static final int BYTES_MAX = 2 * 1024 * 1024;

    private static final int DOUBLINGS_MAX = 16;

    private final WindowSize size;
    private final int receiveMaximum;
    private final double backfillShare;
    private final Duration receiptTimeout;
    private final RandomGenerator random;
    private final List<Outgoing> messages = new ArrayList<>();
    private final Map<Long, Outgoing> unacknowledged = new HashMap<>();
    private final Set<Long> others = new HashSet<>();
    private long bytes;

    /**
     * @param backfillShare the part of it that messages of the backlog may have, above 0, at most 1
     */
    Window(int messagesMax, int receiveMaximum, double backfillShare, Duration receiptTimeout, RandomGenerator random) {
        this.backfillShare = backfillShare;
        this.receiveMaximum = receiveMaximum;
        this.receiptTimeout = receiptTimeout;
        this.random = random;
        this.size = new WindowSize(messagesMax);
    }

    /** Messages that may be under way at present. */
    int size() {
        return size.messages();
    }

    int inFlight() {
        return messages.size();
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    boolean isBackfillUnderWay() {
        return backfillUnderWay() > 0;
    }

    private int backfillUnderWay() {
        int count = 0;
        for (Outgoing message : messages) {
            count += message.isBackfill() ? 1 : 0;
        }
        return count;
    }

    /** How long a receipt takes, smoothed; 0 before the first. */
    long delayNanos() {
        return size.delayNanos();
    }

    /** How long the quickest receipt took; 0 before the first. */
    long quickestNanos() {
        return size.quickestNanos();
    }

    /** Whether the link takes another message now. */
    boolean isLinkFree() {
        return unacknowledged.size() + others.size() < receiveMaximum;
    }

    /** Takes note of a message that needs no receipt, only the broker's answer. */
    void sentOther(long id) {
        others.add(id);
    }

    boolean isUnanswered(long id) {
        return others.contains(id);
    }

    /**
     * Whether a new message may go. Backfill gets its share of the window only, so that live events need not wait; where
     * there are several lanes, the last place is for the most urgent one.
     */
    boolean hasRoom(int rank, boolean backfill) {
        if (!isLinkFree() || bytes >= BYTES_MAX || messages.size() >= size()) {
            return false;
        }
        if (rank > 0 && size() > 1 && messages.size() >= size() - 1) {
            return false;
        }
        return !backfill || backfillUnderWay() < Math.max(1, (int) (size() * backfillShare));
    }

    /** Takes a new message in; it is due until it is sent. */
    void add(Outgoing message) {
        messages.add(message);
        bytes += message.payload().length;
    }

    /** Takes note that a message was handed to the link under this id. */
    void sent(Outgoing message, long id, long nowNanos) {
        message.sent(nowNanos, nowNanos + timeoutNanos(message.timeouts()));
        unacknowledged.put(id, message);
    }

    /**
     * Doubles with each receipt that did not come in time; a tenth of jitter keeps many from coming back at once. What
     * the broker refused says nothing of how long a receipt takes.
     */
    private long timeoutNanos(int timeouts) {
        long base = receiptTimeout.toNanos();
        long first = Math.max(base, 4 * delayNanos());
        long now = Math.min(Math.max(base, TIMEOUT_MAX.toNanos()), first << Math.min(timeouts, DOUBLINGS_MAX));
        return now + random.nextLong(now / 10 + 1);
    }

    /** The broker took the message, or whatever else had that id. */
    void taken(long id) {
        others.remove(id);
        Outgoing message = unacknowledged.remove(id);
        if (message != null && message.stage() == Stage.SENT) {
            message.become(Stage.TAKEN);
        }
    }

    /**
     * The broker did not take it, since no gateway listens or it has no room: it is to be sent again, with care, and so
     * is what the gateway had not receipted before.
     *
     * @return whether it was one of the messages that need a receipt
     */
    boolean refused(long id) {
        others.remove(id);
        Outgoing refused = unacknowledged.remove(id);
        if (refused == null) {
            return false;
        }
        refused.become(Stage.DUE);
        for (Outgoing message : messages) {
            if (message.stage() == Stage.TAKEN) {
                message.become(Stage.DUE);
            }
        }
        size.collapse();
        return true;
    }

    /** Lets go of all messages of that lane and epoch that are settled by now. */
    void receipted(LaneSpool lane, long epoch, long nowNanos) {
        for (Iterator<Outgoing> it = messages.iterator(); it.hasNext(); ) {
            Outgoing message = it.next();
            if (message.isOf(lane, epoch) && message.isSettled()) {
                it.remove();
                bytes -= message.payload().length;
                learn(message, nowNanos);
            }
        }
    }

    private void learn(Outgoing message, long nowNanos) {
        if (message.attempts() == 1) { // of one sent twice, nobody knows which was meant (Karn and Partridge, 1987)
            size.took(nowNanos - message.sentAtNanos());
        }
        size.receipted();
    }

    /**
     * Marks what has waited too long for its receipt.
     *
     * @return whether there was any
     */
    boolean expire(long nowNanos) {
        boolean any = false;
        for (Outgoing message : messages) {
            if (message.stage() == Stage.TAKEN && nowNanos - message.dueAtNanos() >= 0) {
                message.expired();
                any = true;
            }
        }
        if (any) {
            size.collapse();
        }
        return any;
    }

    /** After how long the next receipt is overdue, unless it comes; {@link Long#MAX_VALUE} if none will be. */
    long expiryLeftNanos(long nowNanos) {
        long least = Long.MAX_VALUE;
        for (Outgoing message : messages) {
            long left = message.dueAtNanos() - nowNanos;
            least = message.stage() != Stage.DUE && left > 0 ? Math.min(least, left) : least;
        }
        return least;
    }

    /** The next message to be sent again, if one is due and may go. */
    @Nullable
    Outgoing nextDue() {
        Outgoing next = null;
        int underWay = 0;
        for (Outgoing message : messages) {
            if (message.stage() != Stage.DUE) {
                underWay++;
            } else if (next == null || message.rank() < next.rank()) {
                next = message;
            }
        }
        return underWay < size() && isLinkFree() ? next : null;
    }

    /** Whether a message under way carries all of that already. */
    boolean covers(LaneSpool lane, long epoch, Interval range) {
        return messages.stream().anyMatch(message -> message.isOf(lane, epoch) && message.covers(range));
    }

    /** When the oldest message that the broker has not answered was sent; {@code nowNanos} if there is none. */
    long oldestUnansweredNanos(long nowNanos) {
        long oldest = nowNanos;
        for (Outgoing message : unacknowledged.values()) {
            oldest = message.sentAtNanos() - oldest < 0 ? message.sentAtNanos() : oldest;
        }
        return oldest;
    }
}
