package io.millrace.simulator.verify;

import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.PlainMessages;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.verify.Findings.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * Holds the messages that a subscriber gets against what plain devices were to send, as they come. Which event a message
 * is, its topic and its bytes tell: they are made again from the seed, the one that is expected next first. Where equal
 * messages were sent, which of them is missing cannot be told, but how many are can. Thread-safe.
 */
public final class Deliveries {
    /** How far from the newest delivered event of its topic one is looked for. */
    private static final int SEARCHED_MAX = 100_000;

    private static final int SHOWN_BYTES_MAX = 80;

    private final Population population;
    private final Faults faults;
    private final PlainMessages messages;
    private final LongConsumer delayMicros;
    private final Map<String, Stream> streams = new HashMap<>();
    private final Findings findings = new Findings(Findings.Where.SUBSCRIBER);
    private long delivered;

    /** The events of one topic, in the order in which they are sent: those of some metrics of a unit. */
    private static final class Stream {
        private final Fleet fleet;
        private final int unit;
        private final BitSet delivered = new BitSet();
        private final BitSet late = new BitSet();
        private final Map<Integer, Integer> again = new HashMap<>();
        private int[] metrics = new int[0];

        /** After the newest that was delivered. */
        private int next;

        private Stream(Fleet fleet, int unit) {
            this.fleet = fleet;
            this.unit = unit;
        }

        private long event(int index) {
            return (long) (index / metrics.length) * fleet.metrics().size() + metrics[index % metrics.length];
        }

        private long dueMicros(long seed, int index) {
            return fleet.offsetMicros(seed, unit, index / metrics.length);
        }
    }

    /**
     * @param population of plain devices whose topics tell them apart
     * @param startMicros when the run began, since 1970
     * @param delayMicros hears of each event when it comes first how long that took from its intended time
     */
    public Deliveries(Population population, Faults faults, long startMicros, LongConsumer delayMicros) {
        this.population = population;
        this.faults = faults;
        this.messages = new PlainMessages(population, startMicros);
        this.delayMicros = delayMicros;
        for (Fleet fleet : population.fleets()) {
            for (int unit : population.unitsOf(fleet)) {
                for (int metric = 0; metric < fleet.metrics().size(); metric++) {
                    Stream stream = streams.computeIfAbsent(
                            PlainMessages.topic(population, fleet, unit, metric), _ -> new Stream(fleet, unit));
                    stream.metrics = Arrays.copyOf(stream.metrics, stream.metrics.length + 1);
                    stream.metrics[stream.metrics.length - 1] = metric;
                }
            }
        }
    }

    /** What is to be subscribed to. */
    public static Set<String> filters(Population population) {
        var filters = new TreeSet<String>();
        population.fleets().forEach(fleet -> filters.add(PlainMessages.filter(population, fleet)));
        return filters;
    }

    /** Takes a message that came so long after the run began; one of a topic that is nobody's is not ours. */
    public synchronized void add(String topic, byte[] payload, long nowMicros) {
        Stream stream = streams.get(topic);
        if (stream == null) {
            return;
        }
        int index = find(stream, payload, nowMicros);
        if (index < 0) {
            if (faults.garbage() > 0) {
                findings.deadLetter();
            } else {
                findings.add(Kind.WRONG, "%s: '%s' was never produced".formatted(topic, shown(payload)));
            }
        } else if (stream.delivered.get(index)) {
            stream.again.merge(index, 1, Integer::sum);
        } else {
            stream.delivered.set(index);
            stream.late.set(index, index < stream.next);
            stream.next = Math.max(stream.next, index + 1);
            delivered++;
            findings.stored();
            delayMicros.accept(nowMicros - stream.dueMicros(population.seed(), index));
        }
    }

    /** Which event of its topic it is; -1 if none that may have been sent by now. */
    private int find(Stream stream, byte[] payload, long nowMicros) {
        int next = stream.next;
        if (isDue(stream, next, nowMicros) && is(stream, next, payload)) {
            return next;
        }
        int first = Math.max(0, next - SEARCHED_MAX);
        int missing = stream.delivered.nextClearBit(first);
        while (missing < next + SEARCHED_MAX && isDue(stream, missing, nowMicros)) {
            if (is(stream, missing, payload)) {
                return missing;
            }
            missing = stream.delivered.nextClearBit(missing + 1);
        }
        for (int before = next - 1; before >= first; before--) {
            if (stream.delivered.get(before) && is(stream, before, payload)) {
                return before;
            }
        }
        return -1;
    }

    private boolean isDue(Stream stream, int index, long nowMicros) {
        return stream.dueMicros(population.seed(), index) <= nowMicros
                && stream.event(index) < stream.fleet.eventsOf(stream.unit, population.horizonMicros());
    }

    private boolean is(Stream stream, int index, byte[] payload) {
        return Arrays.equals(messages.payload(stream.fleet, stream.unit, stream.event(index)), payload);
    }

    private static String shown(byte[] payload) {
        String text = new String(payload, 0, Math.min(payload.length, SHOWN_BYTES_MAX), StandardCharsets.UTF_8);
        return payload.length > SHOWN_BYTES_MAX ? text + "…" : text;
    }

    /** Events that have come so far, each counted once. */
    public synchronized long delivered() {
        return delivered;
    }

    /** Nothing more will come: what was produced and did not is missing. To be called once. */
    public synchronized Findings end(Produced produced) {
        streams.forEach((topic, stream) -> end(topic, stream, produced));
        return findings;
    }

    private void end(String topic, Stream stream, Produced produced) {
        long end = produced.events(stream.fleet, stream.unit);
        for (int i = stream.delivered.nextClearBit(0);
                stream.event(i) < end;
                i = stream.delivered.nextClearBit(i + 1)) {
            findings.add(Kind.MISSING, named(topic, stream, i));
        }
        if (!stream.again.isEmpty()) {
            duplicated(topic, stream, end, produced);
        }
        stream.late.stream()
                .filter(index -> !mayBeLate(stream, index, produced))
                .forEach(index -> findings.add(Kind.OUT_OF_ORDER, named(topic, stream, index)));
    }

    /** A message may come as often as it was sent. Equal ones are counted together: it cannot be told which one came. */
    private void duplicated(String topic, Stream stream, long end, Produced produced) {
        Map<String, Integer> explained = new HashMap<>();
        for (int i = 0; stream.event(i) < end; i++) {
            int repeats = produced.repeats(stream.fleet, stream.unit, stream.event(i));
            if (repeats > 0) {
                explained.merge(text(stream, i), repeats, Integer::sum);
            }
        }
        stream.again.forEach((index, times) -> {
            int left = explained.merge(text(stream, index), -times, Integer::sum);
            for (int i = Math.max(left, -times); i < 0; i++) {
                findings.add(Kind.DUPLICATED, named(topic, stream, index));
            }
        });
    }

    /** What was held back, or sent again, has lost its place; of equal ones nobody knows which is which. */
    private boolean mayBeLate(Stream stream, int index, Produced produced) {
        long event = stream.event(index);
        return !stream.fleet.format().tellsReadingsApart()
                || produced.repeats(stream.fleet, stream.unit, event) > 0
                || faults.heldBackMicros(population.seed(), stream.fleet, stream.unit, event) > 0;
    }

    private String named(String topic, Stream stream, int index) {
        byte[] payload = messages.payload(stream.fleet, stream.unit, stream.event(index));
        return "%s: reading %d, '%s'".formatted(topic, index + 1, shown(payload));
    }

    private String text(Stream stream, int index) {
        return new String(messages.payload(stream.fleet, stream.unit, stream.event(index)), StandardCharsets.UTF_8);
    }
}
