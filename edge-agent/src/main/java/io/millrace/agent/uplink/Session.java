package io.millrace.agent.uplink;

import io.millrace.agent.spool.EpochState;
import io.millrace.agent.spool.LaneSpool;
import io.millrace.agent.spool.Spooled;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.StreamId;
import io.millrace.model.Topics;
import io.millrace.model.Topics.Topic;
import io.millrace.model.wire.AgentStatus;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.MalformedMessageException;
import io.millrace.model.wire.Receipt;
import io.millrace.model.wire.ReceiptCodec;
import io.millrace.model.wire.StatusCodec;
import io.millrace.model.wire.WireEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's worth of sending: decides what goes next, and takes what comes back. Begins with nothing under way;
 * what an earlier connection left without receipt is read from the spool again. The uplink's thread owns it.
 */
final class Session {
    static final Duration STATUS_EVERY = Duration.ofSeconds(10);
    static final Duration HOLD_FIRST = Duration.ofMillis(250);
    static final Duration HOLD_MAX = Duration.ofSeconds(10);
    static final Duration HOLD_UNSUPPORTED = Duration.ofSeconds(60);

    /** A broker that has not answered for so long is gone, whatever the connection looks like. */
    static final Duration ANSWER_MAX = Duration.ofSeconds(30);

    /** After so long without traffic, and no shorter than a batch would wait, a lone event does not linger. */
    static final Duration IDLE = Duration.ofMillis(100);

    /**
     * Receipts that take so much longer than the quickest are a sign that broker or gateway have many messages to handle,
     * ours among them.
     */
    static final Duration DELAY_FREE = Duration.ofMillis(20);

    /** Where even the quickest takes longer, that is taken for such a sign too: it may never have been otherwise. */
    static final Duration QUICKEST_MAX = Duration.ofMillis(100);

    /**
     * How many times that a batch waits longer. With one, a fleet keeps broker and gateway so busy that a receipt takes as
     * long as the batch has waited; with more, they have some air, and both together are shorter.
     */
    static final int LINGER_GAIN = 8;

    /** Longest linger that slow receipts can bring about. */
    static final Duration LINGER_MAX = Duration.ofMillis(600);

    /**
     * Least part of that wait, at random for each batch. If all of a fleet waited equally long, those that something has
     * stopped together, be it for a moment, would send together from then on, and more of them after each such moment.
     */
    static final double LINGER_PART_MIN = 0.8;

    private static final Logger log = LoggerFactory.getLogger(Session.class);
    private static final int GAPS_MAX = 500;
    private static final int STATUS_BYTES_MAX = 128 * 1024;
    private static final long LOOK_AGAIN_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long BACKFILL_NANOS = Duration.ofMillis(5).toNanos();

    private final UplinkConfig config;
    private final List<LaneFeed> feeds;
    private final MqttLink link;
    private final Window window;
    private final RateLimit backfillEvents;
    private final RateLimit backfillBytes;
    private final DrainRate drain = new DrainRate();
    private final Counters counters;
    private final UplinkClock clock;
    private final RandomGenerator random;
    private final WireEncoder encoder;
    private long nextId = 1;
    private int holds;
    private long holdUntilNanos;
    private long lastSentNanos;
    private double lingerPart = 1;
    private long statusAtNanos;
    private List<AgentStatus.Epoch> statusSent = List.of();
    private boolean unsupportedReported;

    Session(
            UplinkConfig config,
            List<LaneFeed> feeds,
            MqttLink link,
            int receiveMaximum,
            WireEncoder encoder,
            Counters counters,
            UplinkClock clock,
            RandomGenerator random) {
        this.config = config;
        this.feeds = feeds;
        this.link = link;
        this.encoder = encoder;
        this.counters = counters;
        this.clock = clock;
        this.random = random;
        long now = clock.nanos();
        Backfill backfill = config.backfill();
        this.window =
                new Window(config.windowMax(), receiveMaximum, backfill.windowShare(), config.receiptTimeout(), random);
        this.backfillEvents = new RateLimit(backfill.eventsPerSecondMax(), now);
        this.backfillBytes = new RateLimit(backfill.bytesPerSecondMax(), now);
        this.holdUntilNanos = now;
        this.lastSentNanos = now - IDLE.toNanos();
        this.statusAtNanos = now;
        feeds.forEach(LaneFeed::rewind);
        link.subscribe(Topics.receipt(config.site(), config.agent(), "+"));
        observeBacklog(now);
        publishStatus(true);
    }

    Window window() {
        return window;
    }

    /** Whether the broker stopped answering. */
    boolean isDead() {
        long now = clock.nanos();
        return now - window.oldestUnansweredNanos(now) > ANSWER_MAX.toNanos();
    }

    /** The broker answered. Above 0x80 it refuses, 0x10 says that nobody listens: both are success to no one. */
    void acknowledged(long id, int reasonCode) {
        if (reasonCode < 0x80 && reasonCode != 0x10) {
            window.taken(id);
            holds = 0;
        } else if (window.refused(id)) {
            counters.messagesHeld++;
            hold(reasonCode);
        }
    }

    private void hold(int reasonCode) {
        long now = clock.nanos();
        if (now - holdUntilNanos < 0) {
            return;
        }
        if (holds == 0) {
            log.info(
                    "Nobody takes the events at present, they are kept: reasonCode=0x{}",
                    Integer.toHexString(reasonCode));
        }
        long most = Math.min(HOLD_FIRST.toNanos() << Math.min(holds, 6), HOLD_MAX.toNanos());
        holds++;
        holdUntilNanos = now + random.nextLong(most / 2, most);
    }

    /** A message of the receipts' subscription. */
    void received(String topic, byte[] payload) {
        if (!(Topics.parse(topic) instanceof Topic.Receipt address)) {
            counters.receiptsMalformed++;
            return;
        }
        try {
            Receipt receipt = ReceiptCodec.decode(payload);
            for (LaneFeed feed : feeds) {
                if (feed.lane().name().equals(address.lane())) {
                    receipted(feed.lane(), receipt);
                }
            }
        } catch (MalformedMessageException e) {
            counters.receiptsMalformed++;
            log.debug("Receipt is malformed", e);
        }
    }

    private void receipted(LaneSpool lane, Receipt receipt) {
        counters.receipts++;
        switch (receipt) {
            case Receipt.Settled settled -> {
                lane.settle(settled.epoch(), settled.settled());
                window.receipted(lane, settled.epoch(), clock.nanos());
            }
            case Receipt.Unsupported unsupported -> {
                holdUntilNanos = clock.nanos() + HOLD_UNSUPPORTED.toNanos();
                if (!unsupportedReported) {
                    unsupportedReported = true;
                    log.error(
                            "Gateway reads messages up to version {} only, events are kept: update the gateway, or run an"
                                    + " older agent",
                            unsupported.versionMax());
                }
            }
        }
    }

    /**
     * Sends all that may go now.
     *
     * @return nanoseconds after which it should be called again, if nothing happens before
     */
    long pump() {
        long now = clock.nanos();
        observeBacklog(now);
        statusIfDue(now);
        window.expire(now);
        if (now - holdUntilNanos < 0) {
            return Math.min(LOOK_AGAIN_NANOS, holdUntilNanos - now);
        }
        for (Outgoing due = window.nextDue(); due != null; due = window.nextDue()) {
            counters.messagesResent++;
            send(due);
        }
        boolean moreBackfill = false;
        boolean historyFirst = config.backfill().policy() == Backfill.Policy.HISTORY_FIRST;
        for (LaneFeed feed : feeds) {
            sendGaps(feed);
            moreBackfill |= historyFirst && sendBackfill(feed, now);
            if (!historyFirst || feed.isBacklogRead()) {
                sendLive(feed, now);
            }
        }
        long wait = Math.min(LOOK_AGAIN_NANOS, window.expiryLeftNanos(now));
        for (LaneFeed feed : feeds) {
            moreBackfill |= !historyFirst && sendBackfill(feed, now);
            wait = Math.min(wait, feed.lingerLeftNanos(lingerNanos(feed), now));
        }
        return moreBackfill ? Math.min(wait, BACKFILL_NANOS) : wait;
    }

    /**
     * How long a batch that is not full waits for more. Where receipts take long, some times longer: a thousand agents
     * behind one broker then send fewer and larger messages, and each event is stored sooner than if all kept on sending
     * small ones. Not the most urgent of several lanes, and not where our own backlog is what receipts wait for.
     */
    private long lingerNanos(LaneFeed feed) {
        long least = config.linger().toNanos();
        long free = Math.min(window.quickestNanos(), QUICKEST_MAX.toNanos()) + DELAY_FREE.toNanos();
        long most = Math.min(LINGER_GAIN * (window.delayNanos() - free), LINGER_MAX.toNanos());
        long longer = (long) (lingerPart * most);
        boolean isMostUrgent = feed.rank() == 0 && feeds.size() > 1;
        return longer <= least || isMostUrgent || window.isBackfillUnderWay() ? least : longer;
    }

    /** Sends until there is no more for now, and then the lane tells; or no room, and then a receipt does. */
    private void sendLive(LaneFeed feed, long now) {
        long usual = lingerNanos(feed);
        boolean idle = window.isEmpty() && now - lastSentNanos >= Math.max(IDLE.toNanos(), usual);
        long linger = idle ? 0 : usual;
        while (window.hasRoom(feed.rank(), false)) {
            if (!feed.isLiveDue(config.batchEventsMax(), linger, now)) {
                if (feed.rest(config.batchEventsMax())) {
                    return;
                }
                continue;
            }
            if (feed.historyDue() > 0 && isBackfillFree(now) && sendBackfillMessage(feed)) {
                continue;
            }
            sendRead(feed, feed.readLive(config.batchEventsMax()), false);
            lingerPart = random.nextDouble(LINGER_PART_MIN, 1);
            if (config.backfill().policy() == Backfill.Policy.INTERLEAVE) {
                feed.becomeDue(config.backfill().ratio());
            }
        }
    }

    /** Returns whether there is more that only the rate holds back. */
    private boolean sendBackfill(LaneFeed feed, long now) {
        while (window.hasRoom(feed.rank(), true)) {
            if (!isBackfillFree(now)) {
                return !feed.isBacklogRead();
            }
            if (!sendBackfillMessage(feed)) {
                return false;
            }
        }
        return false;
    }

    private boolean isBackfillFree(long now) {
        return backfillEvents.isFree(now) && backfillBytes.isFree(now);
    }

    /** Returns whether there was anything to send, and room. */
    private boolean sendBackfillMessage(LaneFeed feed) {
        if (!window.hasRoom(feed.rank(), true)) {
            return false;
        }
        int read = sendRead(feed, feed.readBackfill(config.batchEventsMax()), true);
        backfillEvents.spend(read);
        return read > 0;
    }

    /** Returns how many sequences were read. */
    private int sendRead(LaneFeed feed, Spooled read, boolean backfill) {
        switch (read) {
            case Spooled.Events events -> {
                var range = new Interval(events.firstSequence(), events.lastSequence());
                if (!backfill || !window.covers(feed.lane(), events.stream().epoch(), range)) {
                    sendEvents(feed, events, range, backfill);
                }
                return events.events().size();
            }
            case Spooled.Refused(Gap gap) -> {
                sendGaps(feed, gap.stream(), List.of(gap));
                return 1;
            }
            case Spooled.Nothing _ -> {
                return 0;
            }
        }
    }

    private void sendEvents(LaneFeed feed, Spooled.Events events, Interval range, boolean backfill) {
        int count = events.events().size();
        byte[] payload =
                encoder.encode(envelope(events.stream(), events.firstSequence(), count, backfill), events.events());
        counters.eventsSent += count;
        sendNew(feed, backfill, events.stream(), List.of(range), payload);
    }

    private void sendGaps(LaneFeed feed) {
        if (!window.hasRoom(feed.rank(), false)) {
            return;
        }
        Map<StreamId, List<Gap>> byStream = new LinkedHashMap<>();
        for (Gap gap : feed.newGaps()) {
            if (!window.covers(feed.lane(), gap.stream().epoch(), gap.range())) {
                byStream.computeIfAbsent(gap.stream(), _ -> new ArrayList<>()).add(gap);
            }
        }
        byStream.forEach((stream, gaps) -> {
            for (int from = 0; from < gaps.size(); from += GAPS_MAX) {
                sendGaps(feed, stream, gaps.subList(from, Math.min(from + GAPS_MAX, gaps.size())));
            }
        });
    }

    private void sendGaps(LaneFeed feed, StreamId stream, List<Gap> gaps) {
        byte[] payload = encoder.encodeGaps(envelope(stream, 0, gaps.size(), false), gaps);
        sendNew(feed, false, stream, gaps.stream().map(Gap::range).toList(), payload);
    }

    private Envelope envelope(StreamId stream, long first, int count, boolean backfill) {
        return new Envelope(stream, first, count, backfill, clock.wallMicros(), clock.nanos() / 1000, null);
    }

    private void sendNew(LaneFeed feed, boolean backfill, StreamId stream, List<Interval> sequences, byte[] payload) {
        String topic = Topics.batch(stream.site(), stream.agent(), stream.lane());
        var message = new Outgoing(feed.lane(), feed.rank(), backfill, stream.epoch(), sequences, topic, payload);
        counters.messagesSent++;
        window.add(message);
        if (window.isLinkFree()) {
            send(message);
        }
    }

    private void send(Outgoing message) {
        long id = nextId++;
        lastSentNanos = clock.nanos();
        window.sent(message, id, lastSentNanos);
        counters.bytesSent += message.payload().length;
        if (message.isBackfill()) {
            backfillBytes.spend(message.payload().length);
        }
        link.publish(id, message.topic(), message.payload(), false);
    }

    private void observeBacklog(long now) {
        if (drain.isDue(now)) {
            drain.observe(feeds.stream().mapToLong(LaneFeed::backlogEvents).sum(), now);
        }
    }

    private void statusIfDue(long now) {
        if (now - statusAtNanos >= STATUS_EVERY.toNanos() && window.isLinkFree() && !statusSent.equals(epochs())) {
            publishStatus(true);
        }
    }

    /** Publishes the agent's status; returns the message's id. */
    private long publishStatus(boolean online) {
        long id = nextId++;
        statusAtNanos = clock.nanos();
        statusSent = epochs();
        window.sentOther(id);
        link.publish(id, Topics.status(config.site(), config.agent()), encode(online, statusSent), true);
        return id;
    }

    /** What is to be told of the epochs: of one in which nothing was produced, nothing. */
    private List<AgentStatus.Epoch> epochs() {
        var all = new ArrayList<AgentStatus.Epoch>();
        for (LaneFeed feed : feeds) {
            for (EpochState epoch : feed.lane().epochs()) {
                if (epoch.produced() > 0) {
                    all.add(new AgentStatus.Epoch(feed.lane().name(), epoch.epoch(), epoch.produced(), epoch.held()));
                }
            }
        }
        return all;
    }

    private byte[] encode(boolean online, List<AgentStatus.Epoch> epochs) {
        byte[] exact = encodeAll(online, epochs);
        if (exact.length <= STATUS_BYTES_MAX) {
            return exact;
        }
        List<AgentStatus.Epoch> hulls = epochs.stream().map(Session::hull).toList();
        return encodeAll(online, hulls);
    }

    private byte[] encodeAll(boolean online, List<AgentStatus.Epoch> epochs) {
        return StatusCodec.encode(
                new AgentStatus(online, clock.wallMicros(), config.version(), epochs, drain.backlog()));
    }

    /** Says that all between the first and the last is held: what is stored wins over it. */
    private static AgentStatus.Epoch hull(AgentStatus.Epoch e) {
        List<Interval> held = e.held().isEmpty()
                ? List.of()
                : List.of(new Interval(
                        e.held().getFirst().first(), e.held().getLast().last()));
        return new AgentStatus.Epoch(e.lane(), e.epoch(), e.produced(), held);
    }

    /** Publishes the last status; returns its id, to be asked for with {@link Window#isUnanswered}. */
    long publishLastStatus() {
        feeds.forEach(feed -> feed.lane().flush());
        return publishStatus(false);
    }
}
