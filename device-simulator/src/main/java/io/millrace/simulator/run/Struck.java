package io.millrace.simulator.run;

import io.millrace.simulator.fault.Episode;

/**
 * An episode that happened.
 *
 * @param connections that it befell
 */
public record Struck(Episode episode, long connections) {}
