package io.millrace.gateway.notify;

import io.millrace.gateway.notify.DeliveryResult.Delivered;
import io.millrace.gateway.notify.DeliveryResult.Refused;
import io.millrace.gateway.notify.DeliveryResult.Unavailable;
import io.millrace.gateway.notify.NotificationsView.DeliveryView;
import io.millrace.gateway.notify.OutboxFile.Kept;
import io.millrace.projections.OpenAlert;
import io.millrace.store.Store;
import io.millrace.store.sql.SqlFailedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells people of alerts. One thread runs it until it is interrupted: it takes in what happens to alerts, decides what is
 * to be told, keeps that on disk, and only then hands it to the channels, each of which has a thread of its own.
 *
 * <p>What was taken in is remembered as a position of the log, on disk together with what followed. So whatever is killed
 * when, it goes on behind it: what happened meanwhile is read from the table of transitions, and nothing is told twice
 * because something is derived again.
 */
public final class Notifier implements Runnable {
    private static final Logger LOG = Logger.getLogger(Notifier.class);
    private static final long LOOK_MILLIS = 250;

    /** So that a position that is old on disk brings back no more than this when routes change. */
    private static final Duration KEEP_CURSOR_EVERY = Duration.ofMinutes(1);

    private final NotifyConfig config;
    private final OutboxFile file;
    private final Store store;
    private final TransitionTable table;
    private final Transitions transitions;
    private final InstantSource clock;
    private final BackOff backOff;
    private final Book book;
    private final Map<String, ChannelState> channels = new LinkedHashMap<>();
    private final BlockingQueue<Sender.Result> results;
    private final Deque<DeliveryView> recent = new ArrayDeque<>();

    private long cursor;

    /** Up to which the table is to be read before anything else; 0 if that is done. */
    private long catchUpTo;

    private Instant keepCursorAt = Instant.MIN;
    private boolean isKept = true;
    private @Nullable String failure;

    private @Nullable List<OpenAlert> compared;

    private volatile NotificationsView view;

    /** What a notifier is made of, beside its configuration. */
    record Parts(OutboxFile file, Store store, Transitions transitions, InstantSource clock, BackOff backOff) {}

    Notifier(NotifyConfig config, Parts parts) {
        this.config = config;
        this.file = parts.file;
        this.store = parts.store;
        this.table = new TransitionTable(parts.store);
        this.transitions = parts.transitions;
        this.clock = parts.clock;
        this.backOff = parts.backOff;
        this.book = new Book(config);
        this.results = new ArrayBlockingQueue<>(config.channels().size() + 1);
        for (ChannelConfig channel : config.channels()) {
            var sender = new Sender(channel.name(), Channels.open(channel, clock), results);
            channels.put(channel.name(), new ChannelState(channel, sender));
        }
        this.view = look();
    }

    /** How it stands, a moment ago. Any thread. */
    public NotificationsView view() {
        return view;
    }

    @Override
    public void run() {
        if (config.channels().isEmpty()) {
            transitions.off();
            forget();
            return;
        }
        begin();
        try {
            channels.values().forEach(channel -> channel.thread.start());
            while (true) {
                step(results.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS));
            }
        } catch (InterruptedException e) {
            end();
            Thread.currentThread().interrupt();
        }
    }

    /** A file that is put back months later must not bring back what waited then. */
    private void forget() {
        try {
            if (file.delete()) {
                LOG.warn("There is no channel in notify.yaml any more, what waited to be told is given up");
            }
        } catch (IOException e) {
            LOG.errorf("The outbox of notifications cannot be deleted: cause=%s", e);
        }
    }

    private void begin() {
        long head = store.log().head();
        cursor = head;
        catchUpTo = head;
        Optional<Kept> kept = read();
        if (kept.isPresent() && kept.get().cursor() <= head) {
            cursor = kept.get().cursor();
            for (Delivery orphan : book.restore(kept.get().groups())) {
                LOG.warnf(
                        "A notification is given up, its channel or route is not in notify.yaml any more: channel=%s"
                                + " notification=%s subject=%s",
                        orphan.notification().channel(),
                        orphan.notification().id(),
                        orphan.notification().subject());
            }
        } else if (kept.isPresent()) {
            LOG.warnf(
                    "The outbox belongs to another log and is given up: position=%d head=%d",
                    kept.get().cursor(), head);
        }
    }

    private Optional<Kept> read() {
        try {
            return file.read();
        } catch (IOException e) {
            LOG.errorf("The outbox of notifications cannot be read, what waited in it is not sent: cause=%s", e);
            return Optional.empty();
        }
    }

    /** A defect must not end it: nobody would be told of anything any more. */
    private void step(Sender.@Nullable Result result) throws InterruptedException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        RuntimeException trouble = null;
        try {
            if (result != null) {
                ended(result, now);
            }
            feed(now);
        } catch (RuntimeException e) {
            trouble = e;
        }
        try {
            book.step(now);
            keepIfChanged(now);
            dispatch(now);
        } catch (RuntimeException e) {
            trouble = e;
        }
        tell(trouble);
        view = look();
    }

    private void tell(@Nullable RuntimeException trouble) {
        String why = trouble == null
                ? null
                : trouble instanceof SqlFailedException
                        ? "the table of transitions cannot be read: " + trouble.getMessage()
                        : "a defect, please report it: " + trouble;
        if (why != null && failure == null) {
            LOG.errorf(trouble, "Notifying does not get on, it is tried again: cause=%s", why);
        }
        failure = why;
    }

    private void feed(Instant now) throws InterruptedException {
        if (catchUpTo > 0 && !catchUp()) {
            return;
        }
        Transitions.Batch batch = transitions.drain();
        catchUpTo = batch.position(); // from the table, if not all are here or this fails half way
        if (batch.overflowed()) {
            return;
        }
        batch.rows().stream().filter(row -> row.position() > cursor).forEach(book::fold);
        cursor = Math.max(cursor, batch.position());
        catchUpTo = 0;
        if (batch.position() > 0) {
            compare(batch.open(), batch.position(), now);
        }
    }

    private boolean catchUp() throws InterruptedException {
        Optional<TransitionTable.Found> found = table.after(cursor, catchUpTo);
        if (found.isEmpty()) {
            return false;
        }
        found.get().rows().forEach(row -> {
            if (row.position() > cursor) {
                book.fold(row);
            } else {
                book.shelve(row);
            }
        });
        cursor = found.get().until();
        catchUpTo = 0;
        return true;
    }

    /**
     * Finds alerts that are open without having been raised in the present since this book began, and those gone without
     * having been cleared: rules or routes changed, or the present confirmed what late data raised.
     */
    @SuppressWarnings("ReferenceEquality") // the list is another one after a change
    private void compare(List<OpenAlert> openAlerts, long position, Instant now) {
        if (openAlerts == compared) {
            return;
        }
        Set<String> open = openAlerts.stream().map(a -> a.alert().toString()).collect(Collectors.toSet());
        book.closeAllBut(open, position, now);
        openAlerts.stream()
                .filter(alert -> !alert.retroactive() && book.lacks(alert))
                .forEach(book::add);
        compared = openAlerts;
    }

    private void keepIfChanged(Instant now) {
        boolean changed = book.takeChanged();
        if (changed || !isKept || !now.isBefore(keepCursorAt)) {
            keep();
            keepCursorAt = now.plus(KEEP_CURSOR_EVERY);
        }
    }

    /** A page that is told and may come twice after a crash is better than one that waits for a full disk. */
    private void keep() {
        try {
            file.write(new Kept(cursor, book.states()));
            if (!isKept) {
                LOG.info("The outbox of notifications is on disk again");
            }
            isKept = true;
        } catch (IOException e) {
            if (isKept && !Thread.currentThread().isInterrupted()) {
                LOG.errorf(
                        "The outbox of notifications cannot be written; they are sent all the same, and a crash now could"
                                + " lose or repeat some: cause=%s",
                        e);
            }
            isKept = false;
        }
    }

    private void dispatch(Instant now) {
        for (ChannelState channel : channels.values()) {
            if (!channel.busy && !now.isBefore(channel.pausedUntil)) {
                book.next(channel.config.name(), now)
                        .ifPresent(next -> channel.busy = channel.sender.offer(next.notification()));
            }
        }
    }

    private void ended(Sender.Result result, Instant now) {
        ChannelState channel = channels.get(result.channel());
        if (channel == null) {
            return;
        }
        channel.busy = false;
        channel.ended(result.notification(), result.result(), now);
        String id = result.notification();
        switch (result.result()) {
            case Delivered() -> book.done(id).ifPresent(d -> remember(DeliveryView.ended(d, "delivered", now, null)));
            case Refused(String why) ->
                book.done(id).ifPresent(d -> remember(DeliveryView.ended(d, "refused", now, why)));
            case Unavailable(String why, Optional<Duration> retryAfter) -> {
                Optional<Duration> asked = retryAfter
                        .filter(d -> d.isPositive())
                        .map(d -> d.compareTo(Book.RETRY_AFTER_MAX) < 0 ? d : Book.RETRY_AFTER_MAX);
                asked.ifPresent(d -> channel.pausedUntil = now.plus(d));
                int failures = 1 + book.attempts(id);
                book.failed(id, now.plus(asked.orElseGet(() -> backOff.after(failures))), why);
            }
        }
    }

    private void remember(DeliveryView ended) {
        recent.addFirst(ended);
        if (recent.size() > NotificationsView.SHOWN_MAX) {
            recent.removeLast();
        }
    }

    private NotificationsView look() {
        List<Delivery> pending = book.deliveries()
                .sorted(Comparator.comparingLong(Delivery::createdMillis))
                .toList();
        return new NotificationsView(
                !config.channels().isEmpty(),
                isKept ? failure : "the outbox cannot be written",
                book.tracked(),
                book.leftOut(),
                channels.values().stream().map(channel -> channel.view(pending)).toList(),
                pending.stream()
                        .limit(NotificationsView.SHOWN_MAX)
                        .map(DeliveryView::pending)
                        .toList(),
                List.copyOf(recent));
    }

    private void end() {
        channels.values().forEach(channel -> channel.thread.interrupt());
        keep();
    }
}
