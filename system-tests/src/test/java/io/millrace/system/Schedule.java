package io.millrace.system;

import io.millrace.system.Fault.Cut;
import io.millrace.system.Fault.Flood;
import io.millrace.system.Fault.HalfOpen;
import io.millrace.system.Fault.Heal;
import io.millrace.system.Fault.KillAgent;
import io.millrace.system.Fault.KillBroker;
import io.millrace.system.Fault.KillGateway;
import io.millrace.system.Fault.Scramble;
import io.millrace.system.Fault.Stall;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * What goes wrong when. The same arguments give the same steps: a schedule can be told by its seed and length.
 *
 * @param seconds length of the run, 1 or more
 * @param steps in the order of time, all within the run; what is not healed by then is healed at its end
 */
record Schedule(long seed, int seconds, List<Step> steps) {
    private static final int PAUSE_MILLIS_MIN = 200;
    private static final int PAUSE_MILLIS_MAX = 4_000;
    private static final int TROUBLE_MILLIS_MIN = 2_000;
    private static final int TROUBLE_MILLIS_MAX = 12_000;

    /**
     * @param atMillis since the run began
     */
    record Step(long atMillis, Fault fault) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%9.3f s  %s", atMillis / 1e3, fault);
        }
    }

    private enum Kind {
        KILL_AGENT,
        KILL_BROKER,
        KILL_GATEWAY,
        CUT,
        HALF_OPEN,
        STALL,
        SCRAMBLE,
        FILL
    }

    /**
     * Draws a schedule: each kind once in random order, then each once again, to the next agent each time; some last, and
     * then others come on top of them.
     */
    static Schedule of(long seed, int seconds, List<String> agents) {
        var random = new SplittableRandom(seed);
        var steps = new ArrayList<Step>();
        int round = random.nextInt(agents.size());
        long now = 0;
        while (now < seconds * 1_000L) {
            round++;
            List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
            Collections.shuffle(kinds, random);
            for (Kind kind : kinds) {
                now += random.nextInt(PAUSE_MILLIS_MIN, PAUSE_MILLIS_MAX);
                String agent = agents.get((round + kind.ordinal()) % agents.size());
                long until = now + random.nextInt(TROUBLE_MILLIS_MIN, TROUBLE_MILLIS_MAX);
                steps.addAll(steps(kind, agent, now, until));
            }
        }
        steps.removeIf(step -> step.atMillis() >= seconds * 1_000L);
        steps.sort(Comparator.comparingLong(Step::atMillis));
        return new Schedule(seed, seconds, List.copyOf(steps));
    }

    private static List<Step> steps(Kind kind, String agent, long at, long until) {
        return switch (kind) {
            case KILL_AGENT -> List.of(new Step(at, new KillAgent(agent)));
            case KILL_BROKER -> List.of(new Step(at, new KillBroker()));
            case KILL_GATEWAY -> List.of(new Step(at, new KillGateway()));
            case CUT -> List.of(new Step(at, new Cut(agent)));
            case HALF_OPEN -> List.of(new Step(at, new HalfOpen(agent)), new Step(until, new Heal(agent)));
            case STALL -> List.of(new Step(at, new Stall(agent)), new Step(until, new Heal(agent)));
            case SCRAMBLE -> List.of(new Step(at, new Scramble(agent)), new Step(until, new Heal(agent)));
            case FILL ->
                List.of(
                        new Step(at, new Stall(agent)),
                        new Step(at, new Flood(agent)),
                        new Step(until, new Heal(agent)));
        };
    }

    @Override
    public String toString() {
        return "-Dchaos.seed=%d -Dchaos.seconds=%d%n%s"
                .formatted(seed, seconds, steps.stream().map(Step::toString).collect(Collectors.joining("\n")));
    }
}
