package io.millrace.simulator.run;

import io.millrace.agent.uplink.MqttLink;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import io.millrace.model.wire.MalformedMessageException;
import io.millrace.model.wire.Receipt;
import io.millrace.model.wire.ReceiptCodec;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/**
 * Looks over an uplink's shoulder: tells which events receipts cover for the first time, and whether it is connected; and
 * lets happen to its messages what faults say. The agent's event loop owns it.
 */
final class ReceiptWatch implements MqttLink.Factory {
    /** Ids of messages that the uplink knows nothing of. */
    private static final long DUPLICATE = -1;

    private static final long GARBAGE = -2;

    private final MqttLink.Factory links;
    private final long epoch;
    private final Tally tally;
    private final LongConsumer receipted;
    private final FaultyMessages faulty;

    /** Runs something after so many milliseconds. */
    private final BiConsumer<Long, Runnable> later;

    private long published;

    /** What receipts have covered so far. */
    private final IntervalSet known = new IntervalSet();

    /**
     * @param epoch of the agent's only lane
     * @param receipted hears each sequence once
     * @param later runs something after so many milliseconds
     */
    ReceiptWatch(
            MqttLink.Factory links,
            long epoch,
            Tally tally,
            LongConsumer receipted,
            FaultyMessages faulty,
            BiConsumer<Long, Runnable> later) {
        this.links = links;
        this.epoch = epoch;
        this.tally = tally;
        this.receipted = receipted;
        this.faulty = faulty;
        this.later = later;
    }

    @Override
    public MqttLink create() {
        return new Link(links.create());
    }

    private void received(byte[] payload) {
        try {
            if (ReceiptCodec.decode(payload) instanceof Receipt.Settled settled && settled.epoch() == epoch) {
                settled.settled().forEach(this::covered);
            }
        } catch (MalformedMessageException _) {
            // The uplink counts it.
        }
    }

    private void covered(Interval interval) {
        if (!interval.isOpenEnded()) {
            List<Interval> fresh = known.missingFrom(interval.first(), interval.last());
            known.add(interval);
            for (Interval each : fresh) {
                for (long sequence = each.first(); sequence <= each.last(); sequence++) {
                    receipted.accept(sequence);
                }
            }
        }
    }

    private final class Link implements MqttLink {
        private final MqttLink link;

        private Link(MqttLink link) {
            this.link = link;
        }

        @Override
        public void connect(String clientId, Will will, Listener listener) {
            link.connect(clientId, will, new Ears(listener));
        }

        @Override
        public void subscribe(String filter) {
            link.subscribe(filter);
        }

        @Override
        public void publish(long id, String topic, byte[] payload, boolean retained) {
            if (retained) { // a status is not what faults are about
                link.publish(id, topic, payload, true);
                return;
            }
            long n = ++published;
            long heldBackMillis = faulty.heldBackMillis(n);
            if (heldBackMillis > 0) {
                later.accept(heldBackMillis, () -> link.publish(id, topic, payload, false));
            } else {
                link.publish(id, topic, payload, false);
            }
            if (faulty.isDuplicated(n)) {
                link.publish(DUPLICATE, topic, payload, false);
            }
            if (faulty.isGarbageSent(n)) {
                link.publish(GARBAGE, topic, faulty.garbage(n), false);
            }
        }

        @Override
        public void close() {
            link.close();
        }
    }

    private final class Ears implements MqttLink.Listener {
        private final MqttLink.Listener listener;
        private boolean connected;

        private Ears(MqttLink.Listener listener) {
            this.listener = listener;
        }

        @Override
        public void connected(int receiveMaximum) {
            connected = true;
            tally.connected.increment();
            listener.connected(receiveMaximum);
        }

        @Override
        public void acknowledged(long id, int reasonCode) {
            if (reasonCode == 0x10 || reasonCode >= 0x80) {
                tally.refused.increment();
            }
            if (id == GARBAGE && reasonCode == 0) {
                tally.garbageTaken.increment();
            }
            if (id < 0) {
                return;
            }
            listener.acknowledged(id, reasonCode);
        }

        @Override
        public void received(String topic, byte[] payload) {
            ReceiptWatch.this.received(payload);
            listener.received(topic, payload);
        }

        @Override
        public void lost(String reason) {
            if (connected) {
                tally.connected.decrement();
            }
            tally.lost(reason);
            listener.lost(reason);
        }
    }
}
