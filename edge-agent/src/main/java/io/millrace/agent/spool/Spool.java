package io.millrace.agent.spool;

import io.millrace.model.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that an agent keeps on disk: one {@link LaneSpool} per lane, and where its inputs stand. Thread-safe. */
public final class Spool implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Spool.class);

    private final SpoolLock held;
    private final List<LaneSpool> lanes = new ArrayList<>();
    private volatile Runnable listener = () -> {};
    private @Nullable Keeper keeper;

    private Spool(SpoolLock held) {
        this.held = held;
    }

    /**
     * Opens the folder, recovers what it holds and begins a new epoch. Never fails because of what the files contain.
     *
     * @throws SpoolUnavailableException if another process uses it, it belongs to another agent, or cannot be written
     */
    public static Spool open(SpoolConfig config, InstantSource clock) throws SpoolUnavailableException {
        SpoolLock lock = SpoolLock.take(config.directory());
        try {
            Spool spool = open(config, SpoolEnvironment.ofMachine(clock), lock);
            spool.keepBy(Thread.ofPlatform().daemon(), true);
            return spool;
        } catch (SpoolUnavailableException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Makes an empty spool that ends with the process: for agents by the thousand in one process, without a thread or
     * a file of the operating system for each.
     *
     * @param config its directory is a name only
     * @throws SpoolUnavailableException if there is not even room to begin
     */
    public static Spool inMemory(SpoolConfig config, InstantSource clock, SpoolMemory memory)
            throws SpoolUnavailableException {
        Spool spool = open(config, SpoolEnvironment.ofMachine(clock).with(memory.disk()), SpoolLock.none());
        spool.keepBy(Thread.ofVirtual(), false); // a block is as safe in one part of the memory as in another
        return spool;
    }

    private void keepBy(Thread.Builder threads, boolean writesEarly) {
        Keeper made = new Keeper(this, threads, writesEarly);
        keeper = made;
        made.start();
    }

    /** Opens it without a thread of its own: the caller flushes, syncs and maintains. */
    static Spool open(SpoolConfig config, SpoolEnvironment environment, SpoolLock lock)
            throws SpoolUnavailableException {
        var spool = new Spool(lock);
        try {
            spool.openLanes(config, environment);
            return spool;
        } catch (IOException e) {
            throw new SpoolUnavailableException(
                    "spool %s cannot be used: %s; check the folder's owner and the disk"
                            .formatted(config.directory(), e),
                    e);
        }
    }

    private void openLanes(SpoolConfig config, SpoolEnvironment environment)
            throws IOException, SpoolUnavailableException {
        environment.disk().createDirectories(config.directory());
        Set<String> names = new LinkedHashSet<>(config.laneNames());
        names.addAll(lanesOnDisk(environment.disk(), config.directory()));
        long epoch = environment.random().nextLong() >>> 1;
        var revisions = new AtomicLong();
        for (String name : names) {
            Path directory = config.directory().resolve(name);
            environment.disk().createDirectories(directory);
            var stream = new StreamId(config.site(), config.agent(), name, epoch);
            var recovery = new LaneRecovery(environment, directory, stream);
            recovery.run();
            recovery.states().values().forEach(state -> revisions.accumulateAndGet(state.revision(), Math::max));
            lanes.add(new LaneSpool(
                    environment,
                    config.lane(name),
                    stream,
                    directory,
                    recovery,
                    revisions,
                    this::wakeKeeper,
                    () -> listener.run()));
        }
        environment.disk().forceDirectory(config.directory());
    }

    private static List<String> lanesOnDisk(Disk disk, Path directory) throws IOException {
        var lanes = new ArrayList<String>();
        for (String name : disk.list(directory).stream().sorted().toList()) {
            if (disk.list(directory.resolve(name)).stream().anyMatch(file -> SegmentHeader.indexOf(file) >= 0)) {
                lanes.add(name);
            }
        }
        return lanes;
    }

    private void wakeKeeper() {
        Keeper thread = keeper;
        if (thread != null && thread.writesEarly) {
            LockSupport.unpark(thread.thread());
        }
    }

    /**
     * Has this called, by any thread, when a lane has what was waited for ({@link LaneSpool#tellOf}), or gave something
     * up; it must return at once.
     */
    public void onNews(Runnable newListener) {
        listener = newListener;
    }

    /** The lanes: those of the configuration, most urgent first, then others that are still on disk. */
    public List<LaneSpool> lanes() {
        return List.copyOf(lanes);
    }

    /**
     * @throws IllegalArgumentException if there is no such lane
     */
    public LaneSpool lane(String name) {
        for (LaneSpool lane : lanes) {
            if (lane.name().equals(name)) {
                return lane;
            }
        }
        throw new IllegalArgumentException("lane %s is not among %s"
                .formatted(name, lanes.stream().map(LaneSpool::name).toList()));
    }

    /** The state that an input last stored with its events, in any lane; null if it never did. */
    public byte @Nullable [] inputState(String input) {
        StoredState latest = null;
        for (LaneSpool lane : lanes) {
            StoredState state = lane.state(input);
            if (state != null && (latest == null || state.revision() > latest.revision())) {
                latest = state;
            }
        }
        return latest == null ? null : latest.bytes().clone();
    }

    /** Whether all that was appended is settled by receipts. */
    public boolean isDrained() {
        return lanes.stream().allMatch(LaneSpool::isDrained);
    }

    /** Writes what is left, forces it to disk and marks the end as clean. What was appended stays for the next start. */
    @Override
    public void close() {
        if (keeper != null) {
            keeper.close();
        }
        lanes.forEach(LaneSpool::close);
        held.close();
    }

    /** The spool's thread: writes what was appended, forces it when the policy says so, and cleans up. */
    private static final class Keeper implements Runnable {
        private static final long FLUSH_NANOS = 10_000_000;
        private static final long IDLE_NANOS = 250_000_000;
        private static final long MAINTAIN_NANOS = 1_000_000_000;

        private final Spool spool;
        private final List<SyncTimer> lanes;
        private final Thread thread;

        /** Whether what was appended is written soon, for its safety's sake. */
        private final boolean writesEarly;

        private volatile boolean closed;

        /** When a lane was forced last, and how often it has to be. */
        private static final class SyncTimer {
            private final LaneSpool lane;
            private final long everyNanos;
            private long syncedAtNanos = System.nanoTime();

            private SyncTimer(LaneSpool lane) {
                this.lane = lane;
                this.everyNanos = switch (lane.config().sync()) {
                    case SyncPolicy.Always _, SyncPolicy.Never _ -> Long.MAX_VALUE;
                    case SyncPolicy.Every(var interval) -> interval.toNanos();
                };
            }

            private boolean isDue(long now) {
                boolean due = now - syncedAtNanos >= everyNanos || lane.isSyncUrgent();
                syncedAtNanos = due ? now : syncedAtNanos;
                return due;
            }
        }

        private Keeper(Spool spool, Thread.Builder threads, boolean writesEarly) {
            this.spool = spool;
            this.writesEarly = writesEarly;
            this.lanes = spool.lanes.stream().map(SyncTimer::new).toList();
            this.thread = threads.name("spool").unstarted(this);
        }

        Thread thread() {
            return thread;
        }

        void start() {
            thread.start();
        }

        @Override
        public void run() {
            long idleNanos = lanes.stream().mapToLong(lane -> lane.everyNanos).reduce(IDLE_NANOS, Math::min);
            long maintainedAt = System.nanoTime();
            while (!closed) {
                awaitWork(idleNanos);
                long now = System.nanoTime();
                boolean maintain = now - maintainedAt >= MAINTAIN_NANOS;
                maintainedAt = maintain ? now : maintainedAt;
                lanes.forEach(lane -> keep(lane.lane, lane.isDue(now), maintain));
            }
        }

        /** Waits for events, and then for more of them, so that they share a block. */
        private void awaitWork(long idleNanos) {
            if (!writesEarly) {
                LockSupport.parkNanos(this, MAINTAIN_NANOS);
                return;
            }
            if (!isAnyDirty()) {
                LockSupport.parkNanos(this, idleNanos);
            }
            long flushAt = System.nanoTime() + FLUSH_NANOS;
            while (!closed && isAnyDirty() && System.nanoTime() - flushAt < 0) {
                LockSupport.parkNanos(this, flushAt - System.nanoTime());
            }
        }

        private boolean isAnyDirty() {
            return spool.lanes.stream().anyMatch(LaneSpool::isDirty);
        }

        private static void keep(LaneSpool lane, boolean sync, boolean maintain) {
            try {
                lane.flush();
                if (sync) {
                    lane.sync();
                }
                if (maintain) {
                    lane.maintain();
                }
            } catch (RuntimeException e) {
                log.error("Spool's thread met a defect and goes on: lane={}", lane.name(), e);
            }
        }

        void close() {
            closed = true;
            LockSupport.unpark(thread);
            boolean interrupted = Thread.interrupted();
            try {
                thread.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
