package io.millrace.store.derive;

import io.millrace.model.Gap;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table of gaps.
 *
 * @param declaredMicros commit time of the entry that declared it
 * @param detail an operator's words; null if an agent declared it
 */
public record GapRow(
        long declaredMicros,
        long position,
        Gap gap,
        @Nullable String detail) {}
