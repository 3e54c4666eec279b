package io.millrace.simulator.run;

/** Tells nobody. */
final class Silent implements Narrator {
    @Override
    public void says(String what) {}

    @Override
    public void progress(Sample sample) {}
}
