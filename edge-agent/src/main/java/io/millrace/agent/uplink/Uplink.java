package io.millrace.agent.uplink;

import static java.util.Objects.requireNonNull;

import io.millrace.agent.spool.LaneSpool;
import io.millrace.agent.spool.Spool;
import io.millrace.agent.uplink.UplinkState.Closed;
import io.millrace.agent.uplink.UplinkState.Connecting;
import io.millrace.agent.uplink.UplinkState.Online;
import io.millrace.agent.uplink.UplinkState.Waiting;
import io.millrace.model.Topics;
import io.millrace.model.wire.AgentStatus;
import io.millrace.model.wire.StatusCodec;
import io.millrace.model.wire.WireEncoder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ships what the spool holds until receipts cover it: connects, sends live events before backlog and urgent lanes first,
 * sends again what got no receipt, and tells the gateway the agent's status. It takes turns, one after the other, on one
 * virtual thread of its own or on a loop that many uplinks share; what links hear waits for the next turn.
 */
public final class Uplink implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Uplink.class);
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);
    private static final Duration JOIN_MAX = Duration.ofSeconds(3);
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(100).toNanos();

    /** Most things that wait for the thread; receipts are dropped at half of it, which only means resending. */
    private static final int SIGNALS_MAX = 8192;

    private final UplinkConfig config;
    private final Spool spool;
    private final MqttLink.Factory links;
    private final WireEncoder encoder;
    private final UplinkClock clock;
    private final RandomGenerator random;
    private final Reconnection reconnection;
    private final List<LaneFeed> feeds = new ArrayList<>();
    private final Counters counters = new Counters();
    private final LinkedBlockingQueue<Runnable> signals = new LinkedBlockingQueue<>(SIGNALS_MAX);

    /** Whether a turn was asked for and has not begun. */
    private final AtomicBoolean turnWaits = new AtomicBoolean();

    /** What the broker answered, for the next turn: at most as many as its Receive Maximum. */
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

    /** Whether an answer is a reason for a turn: it makes room, or the end waits for it. */
    private volatile boolean answersAwaited;

    private final AtomicLong signalsDropped = new AtomicLong();

    /** Where turns are taken; null before the start. */
    private volatile @Nullable ScheduledExecutorService loop;

    /** The same, if it is not shared. */
    private @Nullable ExecutorService ownLoop;

    private final CountDownLatch ended = new CountDownLatch(1);

    /** Whether nobody waits for a proper end any more. */
    private volatile boolean givenUp;

    private record Answer(MqttLink from, long id, int reasonCode) {}

    /** Signalled when something was settled. */
    private final Object settled = new Object();

    private UplinkState state;
    private @Nullable ScheduledFuture<?> timer;
    private long timerNanos;
    private @Nullable MqttLink link;
    private @Nullable Session session;
    private String lostReason = "";
    private boolean closing;
    private long closeAtNanos;
    private long lastStatusId;
    private volatile UplinkMetrics metrics = UplinkMetrics.NONE;

    public Uplink(
            UplinkConfig config, Spool spool, MqttLink.Factory links, InstantSource clock, RandomGenerator random) {
        this(config, spool, links, new WireEncoder(), clock, random);
    }

    /** @param encoder its own, or shared by those that take their turns on the same thread */
    public Uplink(
            UplinkConfig config,
            Spool spool,
            MqttLink.Factory links,
            WireEncoder encoder,
            InstantSource clock,
            RandomGenerator random) {
        this(config, spool, links, encoder, new UplinkClock(clock, System::nanoTime), random);
    }

    Uplink(
            UplinkConfig config,
            Spool spool,
            MqttLink.Factory links,
            WireEncoder encoder,
            UplinkClock clock,
            RandomGenerator random) {
        this.config = config;
        this.spool = spool;
        this.links = links;
        this.encoder = encoder;
        this.clock = clock;
        this.random = random;
        this.reconnection = new Reconnection(random);
        this.state = new Waiting(0, clock.nanos());
        for (LaneSpool lane : spool.lanes()) {
            boolean newestFirst = config.backfill().policy() == Backfill.Policy.NEWEST_FIRST;
            feeds.add(new LaneFeed(lane, feeds.size(), newestFirst, clock.nanos()));
        }
    }

    /** Starts it on a thread of its own; to be called once. */
    public void start() {
        ThreadFactory threads = Thread.ofVirtual().name("uplink").factory();
        var own = new ScheduledThreadPoolExecutor(1, threads, new ThreadPoolExecutor.DiscardPolicy());
        own.setRemoveOnCancelPolicy(true);
        own.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        ownLoop = own;
        start(own);
    }

    /**
     * Starts it on a loop that it shares; to be called once.
     *
     * @param shared runs one task after the other, until this is closed, and one task longer if that was not in time
     */
    public void start(ScheduledExecutorService shared) {
        loop = shared;
        spool.onNews(this::wake);
        wake();
    }

    /** For the next turn; there is always room for what is no receipt. */
    private void signal(Runnable what) {
        signals.add(what);
        wake();
    }

    /** Has it take a turn soon. */
    private void wake() {
        ScheduledExecutorService on = loop;
        if (on != null && !turnWaits.getAndSet(true)) {
            on.execute(this::takeTurn);
        }
    }

    private void takeTurn() {
        turnWaits.set(false);
        if (ended.getCount() == 0) {
            return;
        }
        long wait = LOOK_AGAIN_NANOS;
        try {
            if (givenUp) {
                become(reconnection.next(state, new UplinkSignal.CloseRequested()));
            } else if (!(state instanceof Closed)) {
                wait = turn();
            }
            if (state instanceof Closed) {
                end();
                return;
            }
        } catch (RuntimeException | Error e) { // the loop would keep it to itself, and there would be no next turn
            log.error("Uplink could not deal with a defect, looks again in 100 ms. Please report it", e);
        }
        wakeAfter(wait);
    }

    /** One that is due earlier stays: a turn too many costs less than a new timer for each. */
    private void wakeAfter(long waitNanos) {
        if (waitNanos <= 0) {
            wake();
            return;
        }
        long atNanos = System.nanoTime() + waitNanos;
        ScheduledFuture<?> before = timer;
        if (before != null && timerNanos - atNanos <= 0) {
            return;
        }
        if (before != null) {
            before.cancel(false);
        }
        timerNanos = atNanos;
        timer = requireNonNull(loop).schedule(this::takeTimedTurn, waitNanos, TimeUnit.NANOSECONDS);
    }

    private void takeTimedTurn() {
        timer = null;
        takeTurn();
    }

    private void end() {
        ScheduledFuture<?> waiting = timer;
        if (waiting != null) {
            waiting.cancel(false);
        }
        try {
            dropLink();
            feeds.forEach(LaneFeed::close);
        } finally {
            ended.countDown();
            ExecutorService own = ownLoop;
            if (own != null) {
                own.shutdown();
            }
        }
    }

    /** Does all there is to do; returns nanoseconds after which to look again. */
    long turn() {
        try {
            hearAnswers();
            for (Runnable next = signals.poll(); next != null; next = signals.poll()) {
                next.run();
            }
            feeds.forEach(feed -> feed.mark(clock.nanos()));
            become(reconnection.next(state, new UplinkSignal.Tick(clock.nanos())));
            long wait = pump();
            metrics = measure();
            Session online = session;
            answersAwaited = closing || (online != null && !online.window().isLinkFree());
            return answersAwaited && !answers.isEmpty() ? 0 : wait;
        } catch (RuntimeException | Error e) {
            log.error("Uplink met a defect, connects anew. Please report it", e);
            become(reconnection.next(state, new UplinkSignal.Lost(clock.nanos())));
            return LOOK_AGAIN_NANOS;
        }
    }

    private void hearAnswers() {
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            if (session != null && answer.from.equals(link)) {
                session.acknowledged(answer.id, answer.reasonCode);
            }
        }
    }

    private long pump() {
        Session online = session;
        if (closing) {
            finish(online);
            return LOOK_AGAIN_NANOS / 10;
        }
        if (online == null) {
            return LOOK_AGAIN_NANOS;
        }
        if (online.isDead()) {
            lost("broker does not answer");
            return LOOK_AGAIN_NANOS;
        }
        return online.pump();
    }

    private void become(UplinkState next) {
        UplinkState from = state;
        if (next.equals(from)) {
            return;
        }
        state = next;
        switch (next) {
            case Connecting _ -> connect();
            case Waiting(int failures, long retryAt) -> {
                dropLink();
                if (from instanceof Online) {
                    log.warn(
                            "Uplink lost, events are kept on disk: cause={} failures={} retryInMs={}",
                            lostReason,
                            failures,
                            (retryAt - clock.nanos()) / 1_000_000);
                }
            }
            case Online _, Closed _ -> {}
        }
    }

    private void connect() {
        MqttLink made = links.create();
        link = made;
        byte[] offline = StatusCodec.encode(new AgentStatus(false, clock.wallMicros(), config.version(), List.of()));
        var will = new MqttLink.Will(Topics.status(config.site(), config.agent()), offline);
        made.connect(config.site() + "/" + config.agent(), will, new Ears(made));
    }

    private void connected(MqttLink of, int receiveMaximum) {
        become(reconnection.next(state, new UplinkSignal.Connected(clock.nanos())));
        if (state instanceof Online) {
            counters.connects++;
            session = new Session(config, feeds, of, receiveMaximum, encoder, counters, clock, random);
            log.info("Uplink connected: receiveMaximum={}", receiveMaximum);
        }
    }

    private void lost(String reason) {
        lostReason = reason;
        if (state instanceof Connecting(int failures, long _) && failures == 0) {
            log.warn("Broker cannot be reached, events are kept on disk: cause={}", reason);
        } else {
            log.debug("Uplink lost: cause={}", reason);
        }
        become(reconnection.next(state, new UplinkSignal.Lost(clock.nanos())));
    }

    private void dropLink() {
        session = null;
        MqttLink over = link;
        link = null;
        if (over != null) {
            over.close();
        }
    }

    private void finish(@Nullable Session online) {
        if (online != null && lastStatusId == 0 && online.window().isLinkFree()) {
            lastStatusId = online.publishLastStatus();
        }
        boolean told = lastStatusId != 0 && online != null && !online.window().isUnanswered(lastStatusId);
        if (online == null || told || clock.nanos() - closeAtNanos >= 0) {
            become(reconnection.next(state, new UplinkSignal.CloseRequested()));
        }
    }

    /**
     * Waits until all that was appended is covered by receipts.
     *
     * @return whether it is
     */
    public boolean awaitDrained(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (settled) {
            while (!spool.isDrained()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                settled.wait(Math.min(left, 100));
            }
            return true;
        }
    }

    /** Where it stands, for logs and metrics. */
    public UplinkMetrics metrics() {
        return metrics;
    }

    private UplinkMetrics measure() {
        Session online = session;
        return new UplinkMetrics(
                name(state),
                counters.connects,
                counters.messagesSent,
                counters.eventsSent,
                counters.bytesSent,
                counters.messagesResent,
                counters.messagesHeld,
                counters.receipts,
                counters.receiptsMalformed,
                signalsDropped.get(),
                online == null ? 0 : online.window().inFlight(),
                online == null ? 0 : online.window().size(),
                online == null ? metrics.receiptDelayMicros() : online.window().delayNanos() / 1_000);
    }

    private static String name(UplinkState of) {
        return switch (of) {
            case Waiting _ -> "waiting";
            case Connecting _ -> "connecting";
            case Online _ -> "online";
            case Closed _ -> "closed";
        };
    }

    /**
     * Publishes the last status and disconnects; what has no receipt stays in the spool. Waits for that, 3 s at most; then,
     * or if interrupted, it returns, and the next turn disconnects without more ado. Idempotent.
     */
    @Override
    public void close() {
        spool.onNews(() -> {});
        if (loop == null || ended.getCount() == 0) {
            return;
        }
        signal(this::beginToClose);
        try {
            if (ended.await(JOIN_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        givenUp = true;
        wake();
    }

    void beginToClose() {
        closing = true;
        closeAtNanos = clock.nanos() + CLOSE_MAX.toNanos();
    }

    /** Hears one link and hands it on; of links that are over, nothing. */
    private final class Ears implements MqttLink.Listener {
        private final MqttLink of;

        private Ears(MqttLink of) {
            this.of = of;
        }

        private void signal(Runnable what) {
            Uplink.this.signal(() -> {
                if (of.equals(link)) {
                    what.run();
                }
            });
        }

        @Override
        public void connected(int receiveMaximum) {
            signal(() -> Uplink.this.connected(of, receiveMaximum));
        }

        @Override
        public void acknowledged(long id, int reasonCode) {
            answers.add(new Answer(of, id, reasonCode));
            if (reasonCode != 0 || answersAwaited) {
                wake();
            }
        }

        @Override
        public void received(String topic, byte[] payload) {
            if (signals.remainingCapacity() < SIGNALS_MAX / 2) {
                signalsDropped.incrementAndGet();
                return;
            }
            signal(() -> {
                if (session != null) {
                    session.received(topic, payload);
                    synchronized (settled) {
                        settled.notifyAll();
                    }
                }
            });
        }

        @Override
        public void lost(String reason) {
            signal(() -> Uplink.this.lost(reason));
        }
    }
}
