package io.millrace.simulator.run;

import org.jspecify.annotations.Nullable;

/** Where the proof was to come from does not answer any more, in the middle of a run. */
public final class ProofLostException extends Exception {
    private final transient Outcome known;
    private final @Nullable Long delivered;

    /**
     * @param message what does not answer, and what to do
     * @param known what was counted until then, without findings
     * @param delivered events that had come to the subscriber; null if there was none
     */
    ProofLostException(String message, Outcome known, @Nullable Long delivered) {
        super(message);
        this.known = known;
        this.delivered = delivered;
    }

    public Outcome known() {
        return known;
    }

    public @Nullable Long delivered() {
        return delivered;
    }
}
