package io.millrace.broker.bundle;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Fills bundles of one route and sends them. A message that finds no bundle on its way goes at once; those that come
 * while one is on its way wait for the next. A bundle of several is followed by a rest of {@link #REST_MILLIS}, if the
 * next is not full, since what a bundle costs the broker, the gateway and the log hardly depends on how much is in it. So
 * a lone message waits for nobody, and under load bundles grow by themselves. Any thread may call it.
 */
final class BundleQueue {
    /** What may wait; beyond it messages are to go one by one. */
    static final long BYTES_MAX = 16L << 20;

    /** Senders wait for it too, for their PUBACK and their receipt. */
    static final long REST_MILLIS = 5;

    private enum State {
        IDLE,
        /** A bundle is on its way; one at a time, or they could overtake each other. */
        UNDER_WAY,
        RESTING
    }

    private final Function<Bundle, CompletableFuture<Bundle.Fate>> sender;
    private final Consumer<Runnable> afterRest;
    private final Queue<Bundle> waiting = new ArrayDeque<>();
    private @Nullable Bundle open;
    private long bytes;
    private State state = State.IDLE;

    /**
     * @param sender hands a bundle to the session's queue; never throws
     * @param afterRest runs what it is given once, {@link #REST_MILLIS} later
     */
    BundleQueue(Function<Bundle, CompletableFuture<Bundle.Fate>> sender, Consumer<Runnable> afterRest) {
        this.sender = sender;
        this.afterRest = afterRest;
    }

    synchronized boolean hasRoom() {
        return bytes < BYTES_MAX;
    }

    /**
     * Takes a message in.
     *
     * @return what becomes of it; null if too much waits
     */
    @Nullable
    CompletableFuture<Bundle.Fate> add(String topic, ByteBuffer payload) {
        Bundle bundle;
        Bundle now;
        synchronized (this) {
            if (!hasRoom()) {
                return null;
            }
            bundle = open;
            if (bundle == null || !bundle.hasRoom(payload.remaining())) {
                bundle = new Bundle();
                open = bundle;
                waiting.add(bundle);
            }
            int before = bundle.length();
            bundle.add(topic, payload);
            bytes += bundle.length() - before;
            now = next();
        }
        send(now);
        return bundle.fate();
    }

    private synchronized @Nullable Bundle next() {
        Bundle next = state == State.IDLE || (state == State.RESTING && isOneFull()) ? waiting.poll() : null;
        if (next != null) {
            state = State.UNDER_WAY;
            bytes -= next.length();
            open = next.equals(open) ? null : open;
        }
        return next;
    }

    private boolean isOneFull() {
        return waiting.size() > 1 || (open != null && !open.hasRoom(0));
    }

    private void send(@Nullable Bundle bundle) {
        if (bundle != null) {
            var _ = sender.apply(bundle).thenAccept(fate -> sent(bundle, fate));
        }
    }

    private void sent(Bundle bundle, Bundle.Fate fate) {
        boolean rests = bundle.messages() > 1;
        Bundle next;
        synchronized (this) {
            state = rests ? State.RESTING : State.IDLE;
            next = next();
        }
        bundle.fate().complete(fate);
        send(next);
        if (next == null && rests) {
            afterRest.accept(this::rested);
        }
    }

    /** A rest that a full bundle has ended may end a later one early. */
    private void rested() {
        Bundle next;
        synchronized (this) {
            state = state == State.RESTING ? State.IDLE : state;
            next = next();
        }
        send(next);
    }
}
