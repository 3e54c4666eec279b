package io.millrace.projections;

/** Says which windows hold a time; the same for all series of a {@link Plan}. */
final class WindowAssigner {
    final WindowSpec spec;

    /** How far the series may have moved on past a window's end when a reading still counts. */
    private final long latenessMicros;

    /** The last window that was looked up: series move on together, and dividing is slow, calendars more so. No state. */
    private long foundStart = WindowSpec.NONE;

    private long foundEnd = WindowSpec.NONE;

    /** From here on a newer one holds the time as well, or instead. */
    private long foundUntil = WindowSpec.NONE;

    WindowAssigner(WindowSpec spec, long latenessMicros) {
        this.spec = spec;
        this.latenessMicros = latenessMicros;
    }

    /** Start of the newest window that holds this time. */
    long newestStart(long timeMicros) {
        if (timeMicros >= foundUntil || timeMicros < foundStart) {
            find(timeMicros);
        }
        return foundStart;
    }

    private void find(long timeMicros) {
        foundStart = spec.newestStart(timeMicros);
        foundEnd = spec.end(foundStart);
        foundUntil = spec.calendar().isPresent() ? foundEnd : foundStart + spec.everyMicros();
    }

    /** Start of the next older window that holds this time as well, {@link WindowSpec#NONE} if there is none. */
    long olderStart(long startMicros, long timeMicros) {
        return spec.olderStart(startMicros, timeMicros);
    }

    long end(long startMicros) {
        return startMicros == foundStart ? foundEnd : spec.end(startMicros);
    }

    /** Whether readings come too late for a window with this end. */
    boolean isTooLate(long endMicros, long watermark) {
        return endMicros + latenessMicros <= watermark;
    }
}
