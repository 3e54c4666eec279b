package io.millrace.agent.spool;

import io.millrace.model.Names;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * How much an agent may keep while the uplink is down, and how carefully.
 *
 * @param directory belongs to this agent alone; made if it is not there
 * @param lanes most urgent first, the last is the default; 1 to {@value #LANES_MAX}, their names differ
 */
public record SpoolConfig(Path directory, String site, String agent, List<LaneConfig> lanes) {
    public static final int LANES_MAX = 8;

    /** What all lanes together must be allowed. */
    public static final long BYTES_MAX_MIN = 16L * 1024 * 1024;

    public SpoolConfig {
        Names.check("site", site);
        Names.check("agent", agent);
        lanes = List.copyOf(lanes);
        List<String> names = lanes.stream().map(LaneConfig::name).toList();
        check(
                !lanes.isEmpty() && lanes.size() <= LANES_MAX && new HashSet<>(names).size() == names.size(),
                "lanes",
                names,
                "1 to %d different names".formatted(LANES_MAX));
    }

    /**
     * Lanes that differ by what they may take only: a sixteenth each, the default one has the rest.
     *
     * @param bytesMax hard limit of all files together, at least {@value #BYTES_MAX_MIN} and 4 MiB per lane
     * @param freeDiskBytesMin room on the file system below which none of them grows
     */
    public SpoolConfig(
            Path directory,
            String site,
            String agent,
            List<String> lanes,
            SyncPolicy sync,
            long bytesMax,
            long freeDiskBytesMin,
            WhenFull whenFull) {
        this(directory, site, agent, alike(lanes, sync, bytesMax, freeDiskBytesMin, whenFull));
    }

    private static List<LaneConfig> alike(
            List<String> names, SyncPolicy sync, long bytesMax, long freeDiskBytesMin, WhenFull whenFull) {
        long bytesMin = Math.max(BYTES_MAX_MIN, names.size() * LaneConfig.BYTES_MAX_MIN);
        check(bytesMax >= bytesMin, "spool.max-bytes", bytesMax, "at least " + bytesMin);
        var lanes = new ArrayList<LaneConfig>();
        long left = bytesMax;
        for (int i = 0; i < names.size(); i++) {
            long bytes = i == names.size() - 1 ? left : urgentShare(bytesMax);
            lanes.add(new LaneConfig(names.get(i), sync, bytes, freeDiskBytesMin, null, whenFull));
            left -= bytes;
        }
        return lanes;
    }

    /** What a lane that is not the default one may take if nothing else is said. */
    public static long urgentShare(long bytesMax) {
        return Math.max(LaneConfig.BYTES_MAX_MIN, bytesMax / 16);
    }

    private static void check(boolean ok, String key, Object value, String rule) {
        if (!ok) {
            throw new IllegalArgumentException("%s is %s, expected %s".formatted(key, value, rule));
        }
    }

    public List<String> laneNames() {
        return lanes.stream().map(LaneConfig::name).toList();
    }

    /** What all lanes may take together. */
    public long bytesMax() {
        return lanes.stream().mapToLong(LaneConfig::bytesMax).sum();
    }

    /** How a lane is kept; one that is on disk only is drained, and takes as little as a lane can. */
    LaneConfig lane(String name) {
        LaneConfig byDefault = lanes.getLast();
        return lanes.stream()
                .filter(lane -> lane.name().equals(name))
                .findFirst()
                .orElse(new LaneConfig(
                        name,
                        byDefault.sync(),
                        LaneConfig.BYTES_MAX_MIN,
                        byDefault.freeDiskBytesMin(),
                        byDefault.ageMax(),
                        byDefault.whenFull()));
    }
}
