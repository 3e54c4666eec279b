package io.millrace.agent.uplink;

/** What an uplink counts since the start of the process. The uplink's thread owns it. */
final class Counters {
    long connects;
    long messagesSent;
    long eventsSent;
    long bytesSent;
    long messagesResent;
    long messagesHeld;
    long receipts;
    long receiptsMalformed;
}
