package io.millrace.projections;

/**
 * What an engine holds and what it left out, since the start of the log.
 *
 * @param series known now
 * @param windows in memory now, open or kept for corrections
 * @param openAlerts raised and not cleared, those of history included
 * @param late readings older than the allowed lateness: stored, but in no window any more
 * @param stale windows marked stale because of those, at most once at a tick each
 * @param staleRefused times that one was not marked, because too many were at one tick
 * @param gaps that agents declared, remembered now
 * @param gapsRefused those that are not, because there are too many
 * @param unfit readings whose number or time cannot be aggregated; admission lets none through
 * @param seriesRefused readings of series beyond the limit
 * @param windowsRefused readings that would have opened a window beyond the limit
 * @param judgementsRefused pairs of rule and series beyond the limit, which are not watched
 * @param alertsRefused times that an alert could not be raised because too many are open
 */
public record Stats(
        long series,
        long windows,
        long openAlerts,
        long late,
        long stale,
        long staleRefused,
        long gaps,
        long gapsRefused,
        long unfit,
        long seriesRefused,
        long windowsRefused,
        long judgementsRefused,
        long alertsRefused) {}
