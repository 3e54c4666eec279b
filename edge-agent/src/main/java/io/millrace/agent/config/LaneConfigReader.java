package io.millrace.agent.config;

import io.millrace.agent.spool.LaneConfig;
import io.millrace.agent.spool.SpoolConfig;
import io.millrace.agent.spool.SyncPolicy;
import io.millrace.agent.spool.WhenFull;
import io.millrace.model.StreamId;
import io.millrace.model.yaml.Rule;
import io.millrace.model.yaml.YamlMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code lanes}: names, or maps that say of a lane what {@code spool} says of all. */
final class LaneConfigReader {
    private static final long GIB = 1L << 30;

    /** Stands for no limit; shorter than any that can be given. */
    private static final Duration FOREVER = Duration.ZERO;

    private static final Rule<SyncPolicy> SYNC =
            new Rule<>("always, never or an interval from 10ms to 1h", new SyncPolicy.Never(), LaneConfigReader::sync);
    private static final Rule<Duration> AGE =
            new Rule<>("forever or a duration such as 12h or 7d, from 10s to 3650d", FOREVER, LaneConfigReader::age);
    private static final Rule<WhenFull> WHEN_FULL = Rule.oneOf(WhenFull.class);
    private static final Rule<Long> FREE_DISK = Rule.bytes(0, AgentConfigReader.BYTES_MAX_MAX);
    private static final Rule<Long> LANE_BYTES = Rule.bytes(LaneConfig.BYTES_MAX_MIN, AgentConfigReader.BYTES_MAX_MAX);

    private final YamlMap root;
    private final YamlMap spool;

    LaneConfigReader(YamlMap root, YamlMap spool) {
        this.root = root;
        this.spool = spool;
    }

    /** What is said of one lane, and of all where that lane says nothing. */
    private record Lane(
            String name,
            SyncPolicy sync,
            @Nullable Long bytesMax,
            long freeDiskMin,
            Duration ageMax,
            WhenFull whenFull) {
        LaneConfig with(long bytes) {
            return new LaneConfig(name, sync, bytes, freeDiskMin, ageMax.equals(FOREVER) ? null : ageMax, whenFull);
        }
    }

    /** The lanes, or none after a mistake. */
    List<LaneConfig> lanes() {
        SyncPolicy sync = spool.optional("sync", SYNC, new SyncPolicy.Every(Duration.ofMillis(500)));
        Duration ageMax = spool.optional("max-age", AGE, FOREVER);
        long freeDiskMin = spool.optional("min-free-disk", FREE_DISK, 200L << 20);
        WhenFull whenFull = spool.optional("when-full", WHEN_FULL, WhenFull.DROP_OLDEST);
        var lanes = new ArrayList<Lane>();
        if (root.has("lanes")) {
            for (YamlMap lane : root.maps("lanes", "name")) {
                lanes.add(new Lane(
                        lane.required("name", Rule.name()),
                        lane.optional("sync", SYNC, sync),
                        lane.find("max-bytes", LANE_BYTES),
                        lane.optional("min-free-disk", FREE_DISK, freeDiskMin),
                        lane.optional("max-age", AGE, ageMax),
                        lane.optional("when-full", WHEN_FULL, whenFull)));
            }
        } else {
            root.maps("lanes");
            lanes.add(new Lane("alarm", sync, null, freeDiskMin, ageMax, whenFull));
            lanes.add(new Lane("telemetry", sync, null, freeDiskMin, ageMax, whenFull));
        }
        long bytesMaxMin = Math.max(SpoolConfig.BYTES_MAX_MIN, lanes.size() * LaneConfig.BYTES_MAX_MIN);
        long bytesMax = spool.optional("max-bytes", Rule.bytes(bytesMaxMin, AgentConfigReader.BYTES_MAX_MAX), GIB);
        return areNamesRight(lanes) ? share(lanes, bytesMax) : List.of();
    }

    private boolean areNamesRight(List<Lane> lanes) {
        List<String> names = lanes.stream().map(Lane::name).toList();
        boolean right = !names.isEmpty()
                && names.size() <= SpoolConfig.LANES_MAX
                && new HashSet<>(names).size() == names.size()
                && !names.contains(StreamId.PLAIN);
        if (!right) {
            root.mistake(
                    "lanes",
                    "are %s, expected 1 to %d different names, none of them plain"
                            .formatted(names, SpoolConfig.LANES_MAX));
        }
        return right;
    }

    /** Gives each lane what it asks for, else a sixteenth, and the default one, if it does not ask, what is left. */
    private List<LaneConfig> share(List<Lane> lanes, long bytesMax) {
        var shared = new ArrayList<LaneConfig>();
        long left = bytesMax;
        for (Lane lane : lanes) {
            boolean isDefault = shared.size() == lanes.size() - 1;
            long byDefault = isDefault ? Math.max(left, LaneConfig.BYTES_MAX_MIN) : SpoolConfig.urgentShare(bytesMax);
            LaneConfig config = lane.with(lane.bytesMax() == null ? byDefault : lane.bytesMax());
            left -= config.bytesMax();
            shared.add(config);
        }
        if (left < 0) {
            root.mistake(
                    "lanes",
                    "take %d bytes together, expected at most spool.max-bytes (%d), 4 MiB for each that says nothing included"
                            .formatted(bytesMax - left, bytesMax));
            return List.of();
        }
        return shared;
    }

    private static @Nullable SyncPolicy sync(String text) {
        if (text.equals("always")) {
            return new SyncPolicy.Always();
        }
        if (text.equals("never")) {
            return new SyncPolicy.Never();
        }
        Duration interval = Rule.duration(Duration.ofMillis(10), Duration.ofHours(1))
                .parser()
                .apply(text);
        return interval == null ? null : new SyncPolicy.Every(interval);
    }

    private static @Nullable Duration age(String text) {
        return text.equals("forever")
                ? FOREVER
                : Rule.duration(LaneConfig.AGE_MAX_MIN, LaneConfig.AGE_MAX_MAX)
                        .parser()
                        .apply(text);
    }
}
