package io.millrace.model.wire;

import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a message on a batch topic turned out to be. Decoding never throws and never guesses. */
public sealed interface Decoded {
    /** A batch; {@code events} holds exactly {@code envelope.count()} of them. */
    record Events(Envelope envelope, EventBatch events) implements Decoded {}

    /** Gaps that the agent declares, all of the envelope's stream. */
    record Gaps(Envelope envelope, List<Gap> gaps) implements Decoded {}

    /** The payload is of a newer version than this software reads; the agent must hold it. */
    record Unsupported(Envelope envelope, int version) implements Decoded {}

    /**
     * The payload, or even the envelope, is damaged or lies.
     *
     * @param envelope what the payload claims to be, or null if not even that can be trusted
     * @param reason one sentence for the dead letter: what is wrong, at which byte
     */
    record Undecodable(@Nullable Envelope envelope, String reason) implements Decoded {}
}
