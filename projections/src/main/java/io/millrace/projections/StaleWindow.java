package io.millrace.projections;

import io.millrace.model.Series;

/**
 * A window that readings came too late for. What it amounted to is not known any more, nor whether it was given out: it
 * may never have been. A window that is still known is corrected instead, and its versions are marked.
 *
 * @param position of the tick at which it was told
 */
public record StaleWindow(long position, long startMicros, long sizeMicros, String site, String agent, Series series) {}
