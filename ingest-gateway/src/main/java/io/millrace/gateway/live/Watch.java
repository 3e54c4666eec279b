package io.millrace.gateway.live;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a page wants pushed; each one replaces the one before.
 *
 * @param v version of the protocol, 1
 * @param type {@code watch}
 * @param points series whose points it draws, at most {@value #POINTS_MAX}
 * @param values series whose last value it shows, at most {@value #VALUES_MAX}
 */
record Watch(
        int v,
        String type,
        @Nullable List<String> points,
        @Nullable List<String> values) {
    static final int VERSION = 1;
    static final int POINTS_MAX = 16;
    static final int VALUES_MAX = 500;

    /** A watch that was checked. */
    record Wanted(Set<SeriesId> points, Set<SeriesId> values) {
        static final Wanted NOTHING = new Wanted(Set.of(), Set.of());
    }

    /**
     * @throws IllegalArgumentException if it is no watch of this version, or wants too much; the message says it
     */
    Wanted checked() {
        if (v != VERSION || !"watch".equals(type)) {
            throw new IllegalArgumentException(
                    "message is %.200s of version %d, expected watch of version %d".formatted(type, v, VERSION));
        }
        return new Wanted(ids("points", points, POINTS_MAX), ids("values", values, VALUES_MAX));
    }

    private static Set<SeriesId> ids(String name, @Nullable List<String> texts, int countMax) {
        List<String> given = texts == null ? List.of() : texts;
        if (given.size() > countMax) {
            throw new IllegalArgumentException(
                    "%s names %d series, expected at most %d".formatted(name, given.size(), countMax));
        }
        if (given.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("%s names null, expected site/agent/device+metric".formatted(name));
        }
        return given.stream().map(SeriesId::parse).collect(Collectors.toUnmodifiableSet());
    }
}
