package io.millrace.gateway.commit;

/** What the commit loop counts; one implementation registers it with the metrics, tests read it. */
public interface CommitFigures {
    /**
     * A commit succeeded.
     *
     * @param nanos of the append, the wait for the disk included
     */
    void committed(int entries, int events, long nanos);

    /**
     * A message was answered.
     *
     * @param nanos from its arrival to its receipt or PUBACK
     */
    void answered(long nanos);

    /** The log could not take entries; they are kept and tried again. */
    void unavailable();

    /** Which part of the time admission rests because read models are behind, 0 to 1. */
    void resting(double part);
}
