package io.millrace.gateway.admit;

import io.millrace.model.Series;
import io.millrace.model.SourcedSeries;
import java.util.HashSet;
import java.util.Set;

/**
 * The series that have been admitted. Their number is bounded, since each costs memory in every projection: a device
 * that puts a time or a random number into its metric's name must not take the gateway down. Not thread-safe.
 */
public final class SeriesRegistry {
    public static final int SERIES_MAX = 200_000;

    private final Set<SourcedSeries> known = new HashSet<>();

    /** Whether the series is known or there was still room to make it known. */
    public boolean admit(String site, String agent, Series series) {
        var key = new SourcedSeries(site, agent, series);
        return known.contains(key) || (known.size() < SERIES_MAX && known.add(key));
    }

    /** How many are known, 0 to {@value #SERIES_MAX}. */
    public int size() {
        return known.size();
    }
}
