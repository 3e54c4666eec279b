package io.millrace.gateway.notify;

/** A way to reach people. One thread uses it. */
interface NotificationChannel {
    /** Longest an attempt may take, in seconds. */
    int SECONDS_MAX = 30;

    /**
     * Tries once; blocks for up to {@value #SECONDS_MAX} s. Delivering one notification several times does no harm to a
     * receiver that looks at its id.
     *
     * @return the outcome, also when the receiver is away or a secret is missing; these are never thrown
     * @throws InterruptedException if interrupted; the outcome is then unknown
     */
    DeliveryResult deliver(Notification notification) throws InterruptedException;
}
