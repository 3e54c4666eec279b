package io.millrace.store.ledger;

import io.millrace.model.Gap;
import io.millrace.model.StreamId;
import java.util.Map;

/**
 * The account of one stream at one instant. Numbers of sequences; {@code produced = stored + dead-lettered + dropped +
 * waiting + missing + retired}.
 *
 * @param produced highest sequence that the agent stated or that is known from its batches
 * @param dropped given up by the agent, by reason; what is stored after all is not counted. An end that is unknown
 *     ({@code unsynced_loss}) counts up to {@code produced}
 * @param waiting the agent says it still has them, or they are above what it stated last
 * @param missing the agent stated them, and nobody explains them
 * @param retired stored once, counted and then dropped for their age
 * @param fromMicros earliest and {@code toMicros} latest event time of what is stored; 0 and -1 if nothing is
 */
public record StreamAccount(
        StreamId stream,
        long produced,
        long stored,
        long deadLettered,
        Map<Gap.Reason, Long> dropped,
        long waiting,
        long missing,
        long retired,
        long fromMicros,
        long toMicros) {}
