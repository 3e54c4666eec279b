package io.millrace.store.audit;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What to audit. Times select the streams that have events in that range; such a stream is then counted as a whole.
 *
 * @param site exactly, or null for all
 * @param agent exactly, or null for all
 * @param fromMicros inclusive, microseconds since 1970
 * @param toMicros exclusive
 */
public record AuditFilter(
        @Nullable String site, @Nullable String agent, OptionalLong fromMicros, OptionalLong toMicros) {
    public static final AuditFilter ALL = new AuditFilter(null, null, OptionalLong.empty(), OptionalLong.empty());
}
