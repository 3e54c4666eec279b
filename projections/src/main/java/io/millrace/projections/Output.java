package io.millrace.projections;

/** Takes what the engine derives, in the order in which it is derived, inside the call that caused it. */
public interface Output {
    void window(ClosedWindow window);

    void stale(StaleWindow window);

    void transition(AlertTransition transition);
}
