package io.millrace.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.Stores;

/**
 * Question: what do readings cost in the stream processor that others would take for this, on the same core? One-minute
 * tumbling windows with five aggregates and one threshold, 10 minutes of grace.
 *
 * <p>What it is: Kafka Streams' {@link TopologyTestDriver}, a driver for tests. One thread, no broker, no network, no
 * disk; the window store in memory without a changelog. Every reading is encoded and decoded, so is the window's state at
 * each reading, and the driver commits after each. An application on a cluster spreads over threads and commits seldom,
 * and pays for network and disk instead. So: for scale only.
 */
final class KafkaStreamsBenchmark {
    private static final String IN = "readings";
    private static final String OUT = "alerts";
    private static final int SECONDS_PER_READING = 6;
    private static final int SECONDS_WARM = 30;
    private static final int SECONDS_MEASURED = 90;
    private static final double LIMIT = 80;
    private static final Duration SIZE = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofMinutes(10);

    private final int seriesCount;

    KafkaStreamsBenchmark(int seriesCount) {
        this.seriesCount = seriesCount;
    }

    /** What a window holds: five aggregates and what the mean is made of. */
    private record Window(long count, double min, double max, double sum, double last) {
        private static final int BYTES = 5 * Long.BYTES;
        static final Window EMPTY = new Window(0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, Double.NaN);

        Window with(double value) {
            return new Window(count + 1, Math.min(min, value), Math.max(max, value), sum + value, value);
        }

        double mean() {
            return sum / count;
        }

        static Serde<Window> serde() {
            Serializer<Window> to = (_, w) -> w == null
                    ? null
                    : ByteBuffer.allocate(BYTES)
                            .putLong(w.count)
                            .putDouble(w.min)
                            .putDouble(w.max)
                            .putDouble(w.sum)
                            .putDouble(w.last)
                            .array();
            Deserializer<Window> from = (_, bytes) -> {
                if (bytes == null) {
                    return null;
                }
                ByteBuffer in = ByteBuffer.wrap(bytes);
                return new Window(in.getLong(), in.getDouble(), in.getDouble(), in.getDouble(), in.getDouble());
            };
            return Serdes.serdeFrom(to, from);
        }
    }

    List<Figure> run() {
        var values = new double[4096];
        var random = new SplittableRandom(1);
        Arrays.setAll(values, _ -> 60 + 30 * random.nextDouble());
        var keys = new String[seriesCount];
        Arrays.setAll(keys, i -> "plant-1/gw-%d/device-%d/temperature".formatted(i / 500, i));
        try (var driver = new TopologyTestDriver(topology(), config(), Instant.EPOCH)) {
            TestInputTopic<String, Double> in = driver.createInputTopic(
                    IN, new StringSerializer(), Serdes.Double().serializer());
            long counted = feed(driver, in, keys, values, 0, SECONDS_WARM);
            long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            counted += feed(driver, in, keys, values, SECONDS_WARM, SECONDS_WARM + SECONDS_MEASURED);
            double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
            if (counted == 0) {
                throw new IllegalStateException("no window was beyond the limit, expected some");
            }
            long readings = (long) seriesCount / SECONDS_PER_READING * SECONDS_MEASURED;
            return List.of(Figure.told("kafka_streams_test_driver_events_per_second", readings / seconds));
        }
    }

    /** As the engine gets them: each series once in six seconds. Returns how many results came beyond the limit. */
    private long feed(
            TopologyTestDriver driver,
            TestInputTopic<String, Double> in,
            String[] keys,
            double[] values,
            int fromSecond,
            int toSecond) {
        var out = driver.createOutputTopic(
                OUT, Serdes.ByteArray().deserializer(), Serdes.Double().deserializer());
        int part = seriesCount / SECONDS_PER_READING;
        long beyond = 0;
        for (int s = fromSecond; s < toSecond; s++) {
            int first = s % SECONDS_PER_READING * part;
            for (int i = first; i < first + part; i++) {
                in.pipeInput(keys[i], values[(i * 31 + s * 17 & Integer.MAX_VALUE) % values.length], s * 1_000L);
            }
            while (!out.isEmpty()) {
                beyond += out.readValue() > LIMIT ? 1 : 0;
            }
        }
        return beyond;
    }

    private static Topology topology() {
        var builder = new StreamsBuilder();
        builder.stream(IN, Consumed.with(Serdes.String(), Serdes.Double()))
                .groupByKey(Grouped.with(Serdes.String(), Serdes.Double()))
                .windowedBy(TimeWindows.ofSizeAndGrace(SIZE, GRACE))
                .aggregate(
                        () -> Window.EMPTY,
                        (_, value, window) -> window.with(value),
                        Materialized.<String, Window>as(
                                        Stores.inMemoryWindowStore("windows", SIZE.plus(GRACE), SIZE, false))
                                .withKeySerde(Serdes.String())
                                .withValueSerde(Window.serde())
                                .withLoggingDisabled()
                                .withCachingDisabled())
                .toStream()
                .filter((_, window) -> window.mean() > LIMIT)
                .map((key, window) -> KeyValue.pair(new byte[] {(byte) key.key().length()}, window.mean()))
                .to(OUT, Produced.with(Serdes.ByteArray(), Serdes.Double()));
        return builder.build();
    }

    private static Properties config() {
        var config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "bench");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        return config;
    }
}
