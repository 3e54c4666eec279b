package io.millrace.simulator.mqtt;

import io.millrace.agent.uplink.MqttLink;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection of an uplink over Netty. Numbers messages for the broker, and gives their ids back as they were. For an
 * uplink that takes its turns on the connection's event loop.
 */
final class NettyMqttLink implements MqttLink {
    private static final int KEEP_ALIVE_SECONDS = 60;
    private static final int PACKET_IDS_MAX = 4_096;

    private final Opener opener;

    /** The uplink's id by packet id less one, 0 where the packet id is free. */
    private long[] idByPacket = new long[16];

    private int lastPacketId;
    private @Nullable MqttConnection connection;

    NettyMqttLink(Opener opener) {
        this.opener = opener;
    }

    @Override
    public void connect(String clientId, Will will, Listener listener) {
        String device = clientId.substring(clientId.lastIndexOf('/') + 1);
        var client = new MqttConnection.Client(
                clientId,
                device,
                MqttConnection.Version.V5,
                KEEP_ALIVE_SECONDS,
                UNANSWERED_MAX,
                will.topic(),
                will.payload());
        connection = opener.open(client, new Ears(listener));
    }

    @Override
    public void subscribe(String filter) {
        connected().subscribe(List.of(filter), false);
    }

    @Override
    public void publish(long id, String topic, byte[] payload, boolean retained) {
        connected().publishNow(take(id), topic, payload, retained);
    }

    private MqttConnection connected() {
        MqttConnection to = connection;
        if (to == null) {
            throw new IllegalStateException("used before connect");
        }
        return to;
    }

    private int take(long id) {
        for (int tried = 0; tried < idByPacket.length; tried++) {
            lastPacketId = lastPacketId % idByPacket.length + 1;
            if (idByPacket[lastPacketId - 1] == 0) {
                idByPacket[lastPacketId - 1] = id;
                return lastPacketId;
            }
        }
        if (idByPacket.length >= PACKET_IDS_MAX) {
            throw new IllegalStateException("%d messages without an answer, expected fewer".formatted(PACKET_IDS_MAX));
        }
        lastPacketId = idByPacket.length + 1;
        idByPacket = Arrays.copyOf(idByPacket, 2 * idByPacket.length);
        idByPacket[lastPacketId - 1] = id;
        return lastPacketId;
    }

    private long give(int packetId) {
        if (packetId < 1 || packetId > idByPacket.length) {
            return 0;
        }
        long id = idByPacket[packetId - 1];
        idByPacket[packetId - 1] = 0;
        return id;
    }

    @Override
    public void close() {
        MqttConnection closing = connection;
        if (closing != null) {
            closing.disconnect();
        }
    }

    private final class Ears implements MqttConnection.Listener {
        private final Listener listener;

        private Ears(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void connected(MqttConnection of, int receiveMaximum) {
            listener.connected(receiveMaximum);
        }

        @Override
        public void acknowledged(int packetId, int reasonCode) {
            long id = give(packetId);
            if (id != 0) {
                listener.acknowledged(id, reasonCode);
            }
        }

        @Override
        public void received(String topic, byte[] payload) {
            listener.received(topic, payload);
        }

        @Override
        public void lost(String reason) {
            listener.lost(reason);
        }
    }
}
