package io.millrace.simulator.run;

/** Hears how a run goes. */
public interface Narrator {
    /** A sentence. */
    void says(String what);

    /** A second has passed. */
    void progress(Sample sample);
}
