package io.millrace.benchmarks;

import io.millrace.agent.uplink.MqttLink;
import io.millrace.model.Interval;
import io.millrace.model.StreamId;
import io.millrace.model.Topics;
import io.millrace.model.wire.Decoded;
import io.millrace.model.wire.Durability;
import io.millrace.model.wire.Receipt;
import io.millrace.model.wire.ReceiptCodec;
import io.millrace.model.wire.WireDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A broker and a gateway that cost as little as they can and keep nothing: every message is decoded, counted, and
 * answered at once, on a thread of its own, with a receipt for all that had come by then.
 */
final class NullUplink implements MqttLink.Factory {
    private static final int RECEIVE_MAXIMUM = 65_535;

    private final AtomicLong events = new AtomicLong();

    /** Events that came, repeated ones as often as they did. */
    long events() {
        return events.get();
    }

    @Override
    public MqttLink create() {
        return new Link();
    }

    private record Published(long id, String topic, byte[] payload) {}

    private final class Link implements MqttLink {
        private final WireDecoder decoder = new WireDecoder();
        private final LinkedBlockingQueue<Published> published = new LinkedBlockingQueue<>();

        @Override
        public void connect(String clientId, Will will, Listener listener) {
            Thread.ofPlatform().daemon().name("null-uplink").start(() -> {
                try {
                    run(listener);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        private void run(Listener listener) throws InterruptedException {
            listener.connected(RECEIVE_MAXIMUM);
            var batch = new ArrayList<Published>();
            while (true) {
                batch.add(published.take());
                published.drainTo(batch);
                Map<StreamId, List<Interval>> received = new LinkedHashMap<>();
                for (Published message : batch) {
                    listener.acknowledged(message.id, 0);
                    if (Topics.parse(message.topic) instanceof Topics.Topic.Batch) {
                        take(message.payload, received);
                    }
                }
                batch.clear();
                received.forEach((stream, intervals) -> listener.received(
                        Topics.receipt(stream.site(), stream.agent(), stream.lane()),
                        ReceiptCodec.encode(new Receipt.Settled(stream.epoch(), Durability.OS, intervals))));
            }
        }

        private void take(byte[] payload, Map<StreamId, List<Interval>> received) {
            switch (decoder.decode(payload)) {
                case Decoded.Events(var envelope, var decoded) -> {
                    events.addAndGet(decoded.size());
                    received.computeIfAbsent(envelope.stream(), _ -> new ArrayList<>())
                            .add(new Interval(envelope.firstSequence(), envelope.lastSequence()));
                }
                case Decoded.Gaps _, Decoded.Unsupported _, Decoded.Undecodable _ ->
                    throw new IllegalStateException("the uplink sent something else than events");
            }
        }

        @Override
        public void subscribe(String filter) {}

        @Override
        public void publish(long id, String topic, byte[] payload, boolean retained) {
            published.add(new Published(id, topic, payload));
        }

        @Override
        public void close() {}
    }
}
