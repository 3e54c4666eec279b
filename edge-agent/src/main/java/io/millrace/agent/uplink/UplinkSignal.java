package io.millrace.agent.uplink;

/** What moves an {@link UplinkState}. */
sealed interface UplinkSignal {
    record Tick(long nowNanos) implements UplinkSignal {}

    record Connected(long nowNanos) implements UplinkSignal {}

    record Lost(long nowNanos) implements UplinkSignal {}

    record CloseRequested() implements UplinkSignal {}
}
