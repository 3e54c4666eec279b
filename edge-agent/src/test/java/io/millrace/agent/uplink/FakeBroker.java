package io.millrace.agent.uplink;

import io.millrace.model.Interval;
import io.millrace.model.Topics;
import io.millrace.model.wire.AgentStatus;
import io.millrace.model.wire.Decoded;
import io.millrace.model.wire.Durability;
import io.millrace.model.wire.MalformedMessageException;
import io.millrace.model.wire.Receipt;
import io.millrace.model.wire.ReceiptCodec;
import io.millrace.model.wire.StatusCodec;
import io.millrace.model.wire.WireDecoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Broker and gateway in one, in memory: keeps what it is sent and answers when the test says so. */
final class FakeBroker implements MqttLink.Factory {
    /** A message as the agent published it. */
    record Published(long id, String topic, byte[] payload, boolean retained, Decoded content) {
        Decoded.Events events() {
            return (Decoded.Events) content;
        }

        Decoded.Gaps gaps() {
            return (Decoded.Gaps) content;
        }

        Interval range() {
            return new Interval(
                    events().envelope().firstSequence(), events().envelope().lastSequence());
        }
    }

    private final WireDecoder decoder = new WireDecoder();
    private final List<Link> links = new ArrayList<>();
    private final List<Published> batches = new ArrayList<>();
    private final List<AgentStatus> statuses = new ArrayList<>();
    private final Deque<Published> unanswered = new ArrayDeque<>();
    private int unansweredMax;
    private int receipted;

    @Override
    public MqttLink create() {
        var link = new Link();
        links.add(link);
        return link;
    }

    int links() {
        return links.size();
    }

    Link link() {
        return links.getLast();
    }

    /** All batches and gaps so far, in order. */
    List<Published> batches() {
        return batches;
    }

    List<AgentStatus> statuses() {
        return statuses;
    }

    /** Most messages that ever waited for an answer at once. */
    int unansweredMax() {
        return unansweredMax;
    }

    void accept(int receiveMaximum) {
        link().listener().connected(receiveMaximum);
    }

    /** Answers all that waits with this code. */
    void acknowledgeAll(int reasonCode) {
        while (!unanswered.isEmpty()) {
            link().listener().acknowledged(unanswered.removeFirst().id(), reasonCode);
        }
    }

    /** Sends a receipt for each batch that had none yet. */
    void receiptAll() {
        for (; receipted < batches.size(); receipted++) {
            if (batches.get(receipted).content() instanceof Decoded.Events) {
                receipt(batches.get(receipted));
            }
        }
    }

    void receipt(Published batch) {
        receipt(
                batch.events().envelope().stream().lane(),
                batch.events().envelope().stream().epoch(),
                batch.range());
    }

    void receipt(String lane, long epoch, Interval... settled) {
        var receipt = new Receipt.Settled(epoch, Durability.FSYNC, List.of(settled));
        link().listener().received(Topics.receipt("plant-1", "gw-7", lane), ReceiptCodec.encode(receipt));
    }

    void lose() {
        unanswered.clear();
        link().listener().lost("test");
    }

    /** One connection. */
    final class Link implements MqttLink {
        private @Nullable Listener listener;
        private boolean closed;

        Listener listener() {
            if (listener == null) {
                throw new IllegalStateException("not connected");
            }
            return listener;
        }

        boolean isConnecting() {
            return listener != null;
        }

        boolean isClosed() {
            return closed;
        }

        @Override
        public void connect(String clientId, Will will, Listener newListener) {
            listener = newListener;
        }

        @Override
        public void subscribe(String filter) {}

        @Override
        public void publish(long id, String topic, byte[] payload, boolean retained) {
            var published = new Published(id, topic, payload, retained, decoder.decode(payload));
            unanswered.add(published);
            unansweredMax = Math.max(unansweredMax, unanswered.size());
            if (Topics.parse(topic) instanceof Topics.Topic.Status) {
                statuses.add(status(payload));
            } else {
                batches.add(published);
            }
        }

        private static AgentStatus status(byte[] payload) {
            try {
                return StatusCodec.decode(payload);
            } catch (MalformedMessageException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
