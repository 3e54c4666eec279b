package io.millrace.simulator.run;

import io.millrace.simulator.verify.SqlAddress;
import java.net.URI;

/** How it is found out what became of events. */
public sealed interface Proof {
    /** Not at all. */
    record None() implements Proof {}

    /**
     * By asking a store of ours.
     *
     * @param api the gateway before it, which is asked for alerts
     */
    record Store(SqlAddress address, URI api) implements Proof {}

    /**
     * There is no gateway of ours: the broker is where events go.
     *
     * @param subscribing whether all is subscribed to and compared
     */
    record Broker(boolean subscribing) implements Proof {}
}
