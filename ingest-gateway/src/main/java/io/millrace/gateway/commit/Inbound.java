package io.millrace.gateway.commit;

import io.millrace.gateway.admit.Admission;
import io.millrace.gateway.admit.Admitted;
import java.util.List;

/**
 * A message from the broker, not acknowledged yet.
 *
 * @param arrivedNanos {@link System#nanoTime} at arrival
 * @param acknowledge sends the PUBACK; called once, after the commit, from the commit loop's thread
 */
public record Inbound(String topic, byte[] payload, long arrivedNanos, Runnable acknowledge) implements Incoming {
    @Override
    public int bytes() {
        return payload.length + topic.length();
    }

    @Override
    public List<Admitted> admit(Admission admission, long nowMicros) {
        return List.of(admission.admit(topic, payload, nowMicros));
    }

    @Override
    public void logged(long position) {
        acknowledge.run();
    }
}
