package io.millrace.agent.uplink;

/** Where the connection to the broker stands. Times are of the monotonic clock, in nanoseconds. */
sealed interface UplinkState {
    /**
     * Not connected, until it is time to try again.
     *
     * @param failures attempts that came to nothing since it last worked for a while
     */
    record Waiting(int failures, long retryAtNanos) implements UplinkState {}

    /** Has asked the broker, until it answers or it is time to give up. */
    record Connecting(int failures, long giveUpAtNanos) implements UplinkState {}

    record Online(int failures, long sinceNanos) implements UplinkState {}

    record Closed() implements UplinkState {}
}
