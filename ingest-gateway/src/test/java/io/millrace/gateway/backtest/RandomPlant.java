package io.millrace.gateway.backtest;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import io.millrace.model.wire.AgentStatus;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.StatusCodec;
import io.millrace.model.wire.WireEncoder;
import io.millrace.projections.OpenAlert;
import io.millrace.store.log.AlertOrder;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.Verdict;
import io.millrace.store.log.Verdicts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a plant sends on a bad day, as the gateway logs it, from a seed: batches out of order, sent twice or late, with
 * events of the future and dead letters in them; outages with backfill beside live readings; agents killed and ended; plain
 * devices; ticks that jump and go back; people who acknowledge and shelve.
 */
final class RandomPlant {
    /** 2026-01-01T00:00Z. */
    static final long START = 1_767_225_600_000_000L;

    static final long SECOND = 1_000_000L;
    static final long HOUR = 3_600 * SECOND;
    private static final int AGENTS = 2;
    private static final int SENT_MAX = 20;

    private final SplittableRandom random;
    private final WireEncoder encoder = new WireEncoder();
    private final Agent[] agents = new Agent[AGENTS];
    private final List<LogEntry> sent = new ArrayList<>();
    private long wall = START;
    private int commits;

    private static final class Agent {
        final String name;
        final Deque<Long> backlog = new ArrayDeque<>();
        long epoch = 1;
        long sequence = 1;
        long now = START;

        Agent(int number) {
            name = "gw-" + number;
        }
    }

    RandomPlant(long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < AGENTS; i++) {
            agents[i] = new Agent(i);
        }
    }

    /** Whether the next commit depends on the alerts that are open. */
    boolean hasSomethingToSay() {
        return commits % 25 == 24;
    }

    /** What is committed next, at least one entry. */
    List<LogEntry> next(List<OpenAlert> open) {
        var commit = new ArrayList<LogEntry>();
        if (hasSomethingToSay() && !open.isEmpty()) {
            AlertOrder.Action[] actions = AlertOrder.Action.values();
            for (int i = 0; i < 3; i++) {
                OpenAlert alert = open.get(random.nextInt(open.size()));
                AlertOrder.Action action = actions[random.nextInt(actions.length)];
                long until = action == AlertOrder.Action.SHELVE ? wall + random.nextLong(60 * SECOND) : 0;
                commit.add(new AlertOrder(alert.alert(), action, "ada", "seed", until)
                        .logged(alert.site(), alert.agent(), wall));
            }
        }
        for (int n = random.nextInt(1, 5); n > 0; n--) {
            commit.add(entry());
        }
        commits++;
        return commit;
    }

    /** All falls silent, so that everything closes. */
    List<LogEntry> silence() {
        var ticks = new ArrayList<LogEntry>();
        for (int i = 0; i < 20; i++) {
            ticks.add(LogEntry.tick(START + 300 * HOUR + i * SECOND, 0, new byte[0]));
        }
        return ticks;
    }

    private LogEntry entry() {
        Agent agent = agents[random.nextInt(AGENTS)];
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4 -> tick();
            case 5 -> plain();
            case 6 -> sent.isEmpty() ? tick() : sent.get(random.nextInt(sent.size()));
            case 7 -> status(agent);
            case 8, 9, 10 -> agent.backlog.isEmpty() ? batch(agent) : backfill(agent);
            case 11 -> random.nextInt(6) == 0 ? outage(agent) : batch(agent);
            default -> batch(agent);
        };
    }

    private LogEntry tick() {
        wall += switch (random.nextInt(60)) {
            case 0 -> -5 * SECOND;
            case 1 -> 2 * HOUR;
            case 2 -> 0;
            default -> random.nextLong(2 * SECOND);
        };
        return LogEntry.tick(wall, random.nextInt(20) == 0 ? 1 : 0, new byte[0]);
    }

    private LogEntry plain() {
        long time = wall - random.nextLong(60 * SECOND);
        long id = random.nextInt(40);
        String topic = "millrace/v1/plant/pump-9/event/temperature";
        String value = Double.toString(random.nextInt(700, 900) / 10.0);
        return LogEntry.plain(
                "plant", "pump-9", 9, id, time, Verdicts.NONE, topic, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Killed, ended, or begun again with a new epoch. */
    private LogEntry status(Agent agent) {
        int what = random.nextInt(3);
        if (what == 2) {
            agent.epoch++;
            agent.sequence = 1;
        }
        var epoch = new AgentStatus.Epoch("telemetry", agent.epoch, agent.sequence, List.of());
        List<AgentStatus.Epoch> epochs = what == 0 ? List.of() : List.of(epoch);
        byte[] status = StatusCodec.encode(new AgentStatus(what == 2, wall, "1", epochs));
        return LogEntry.status("plant", agent.name, wall, status);
    }

    private LogEntry batch(Agent agent) {
        var times = new ArrayList<Long>();
        for (int n = random.nextInt(1, 30); n > 0; n--) {
            agent.now += random.nextLong(8 * SECOND);
            times.add(agent.now - disorder());
        }
        return batch(agent, times, false);
    }

    private LogEntry backfill(Agent agent) {
        var times = new ArrayList<Long>();
        for (int n = random.nextInt(1, 60); n > 0 && !agent.backlog.isEmpty(); n--) {
            times.add(agent.backlog.pop());
        }
        return batch(agent, times, true);
    }

    /** Of minutes or hours, whose readings come later; goes on with one of now. */
    private LogEntry outage(Agent agent) {
        long from = agent.now;
        agent.now += random.nextLong(600, 7_200) * SECOND;
        for (long t = from; t < agent.now; t += random.nextLong(60 * SECOND) + 1) {
            agent.backlog.add(Math.max(from, t - disorder()));
        }
        return batch(agent, List.of(agent.now), false);
    }

    /** How far behind a reading comes. */
    private long disorder() {
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> random.nextLong(90 * SECOND);
            case 6 -> random.nextLong(1_800 * SECOND);
            default -> 0;
        };
    }

    private LogEntry batch(Agent agent, List<Long> times, boolean backfill) {
        EventBatch.Builder events = EventBatch.builder();
        Verdicts.Builder verdicts = Verdicts.builder();
        for (int i = 0; i < times.size(); i++) {
            int pump = random.nextInt(4);
            var series = new Series("pump-" + pump, pump == 3 ? "pressure" : "temperature", "");
            Value value = random.nextInt(30) == 0
                    ? new Value.Text("on")
                    : new Value.Numeric(random.nextInt(8) == 0 ? 80 : random.nextInt(700, 900) / 10.0);
            Quality quality = Quality.ofCode(Math.max(0, random.nextInt(20) - 17));
            events.add(new Event(series, times.get(i), value, quality));
            if (random.nextInt(40) == 0) {
                verdicts.add(
                        i, random.nextBoolean() ? new Verdict.Future() : new Verdict.DeadLetter("not_finite", "NaN"));
            }
        }
        EventBatch batch = events.build();
        var stream = new StreamId("plant", agent.name, "telemetry", agent.epoch);
        var envelope = new Envelope(stream, agent.sequence, batch.size(), backfill, wall, 0, null);
        agent.sequence += batch.size();
        long from = times.stream().mapToLong(t -> t).min().orElse(0);
        long to = times.stream().mapToLong(t -> t).max().orElse(0);
        LogEntry entry = LogEntry.batch(envelope, from, to, verdicts.build(), encoder.encode(envelope, batch));
        sent.add(entry);
        if (sent.size() > SENT_MAX) {
            sent.removeFirst();
        }
        return entry;
    }
}
