package io.millrace.broker.bundle;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Fills bundles of one route and sends them. A message that finds no bundle on its way goes at once; those that come
 * while one is on its way wait for the next. So a lone message waits for nobody, and under load bundles grow by
 * themselves. Any thread may call it.
 */
final class BundleQueue {
    /** What may wait; beyond it messages are to go one by one. */
    static final long BYTES_MAX = 16L << 20;

    private final Function<Bundle, CompletableFuture<Bundle.Fate>> sender;
    private final Queue<Bundle> waiting = new ArrayDeque<>();
    private @Nullable Bundle open;
    private long bytes;

    /** One at a time, or they could overtake each other. */
    private boolean isUnderWay;

    /**
     * @param sender hands a bundle to the session's queue; never throws
     */
    BundleQueue(Function<Bundle, CompletableFuture<Bundle.Fate>> sender) {
        this.sender = sender;
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
            if (bytes >= BYTES_MAX) {
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
        Bundle next = isUnderWay ? null : waiting.poll();
        if (next != null) {
            isUnderWay = true;
            bytes -= next.length();
            open = next.equals(open) ? null : open;
        }
        return next;
    }

    private void send(@Nullable Bundle bundle) {
        if (bundle != null) {
            var _ = sender.apply(bundle).thenAccept(fate -> sent(bundle, fate));
        }
    }

    private void sent(Bundle bundle, Bundle.Fate fate) {
        Bundle next;
        synchronized (this) {
            isUnderWay = false;
            next = next();
        }
        send(next);
        bundle.fate().complete(fate);
    }
}
