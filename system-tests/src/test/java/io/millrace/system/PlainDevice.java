package io.millrace.system;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A device without an agent: publishes readings with QoS 1 over MQTT 3.1.1 and waits for each acknowledgement. */
final class PlainDevice implements AutoCloseable {
    private static final int CONNECT = 0x10;
    private static final int PUBLISH_QOS_1 = 0x32;
    private static final int CLEAN_SESSION = 2;
    private static final int KEEP_ALIVE_SECONDS = 60;

    private final Socket socket;
    private final String site;
    private final String device;
    private int packets;

    PlainDevice(URI broker, String site, String device) throws IOException {
        socket = new Socket(broker.getHost(), broker.getPort());
        this.site = site;
        this.device = device;
        var body = new ByteArrayOutputStream();
        var to = new DataOutputStream(body);
        to.writeUTF("MQTT");
        to.writeByte(4);
        to.writeByte(CLEAN_SESSION);
        to.writeShort(KEEP_ALIVE_SECONDS);
        to.writeUTF("test-" + device);
        exchange(CONNECT, body.toByteArray());
    }

    /** Returns when the broker has it. */
    void publish(String metric, String unit, Instant time, double value) throws IOException {
        var body = new ByteArrayOutputStream();
        var to = new DataOutputStream(body);
        to.writeUTF("millrace/v1/%s/%s/event/%s".formatted(site, device, metric));
        to.writeShort(++packets);
        String json = "{\"value\": %s, \"ts\": \"%s\", \"unit\": \"%s\"}".formatted(value, time, unit);
        to.write(json.getBytes(StandardCharsets.UTF_8));
        exchange(PUBLISH_QOS_1, body.toByteArray());
    }

    private void exchange(int type, byte[] body) throws IOException {
        var packet = new ByteArrayOutputStream();
        packet.write(type);
        int length = body.length;
        do {
            packet.write(length > 127 ? length & 127 | 128 : length);
            length >>= 7;
        } while (length > 0);
        packet.write(body);
        socket.getOutputStream().write(packet.toByteArray());
        if (MqttPackets.read(socket.getInputStream()) == null) {
            throw new IOException("the broker hung up on " + device);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
