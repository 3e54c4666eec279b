package io.millrace.broker;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** MQTT 3.1.1 byte by byte, for what no client library does. */
final class RawClient {
    private static final int CONNECT = 0x10;
    private static final int CONNACK = 0x20;
    private static final int PUBLISH_QOS_1 = 0x32;
    private static final int PUBLISH_QOS_1_AGAIN = 0x3A;
    private static final int PUBACK = 0x40;
    private static final int PINGREQ = 0xC0;
    private static final int PINGRESP = 0xD0;
    private static final int SILENCE_MILLIS_MAX = 30_000;

    private RawClient() {}

    /** Publishes a message and, in the same segment, once more with DUP; returns how many answers come. */
    static int answersTo(int port, String topic, String payload) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(SILENCE_MILLIS_MAX);
            var in = new DataInputStream(socket.getInputStream());
            socket.getOutputStream().write(connect());
            skip(in, CONNACK);
            var both = new ByteArrayOutputStream();
            both.write(publish(PUBLISH_QOS_1, topic, payload));
            both.write(publish(PUBLISH_QOS_1_AGAIN, topic, payload));
            socket.getOutputStream().write(both.toByteArray());
            skip(in, PUBACK);
            socket.getOutputStream().write(new byte[] {(byte) PINGREQ, 0});
            int answers = 1;
            while (next(in) != PINGRESP) {
                answers++;
            }
            return answers;
        }
    }

    private static byte[] connect() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeUTF("MQTT");
        out.writeByte(4); // 3.1.1
        out.writeByte(2); // clean session
        out.writeShort(60);
        out.writeUTF("raw");
        return packet(CONNECT, bytes.toByteArray());
    }

    private static byte[] publish(int type, String topic, String payload) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeUTF(topic);
        out.writeShort(1);
        out.write(payload.getBytes(StandardCharsets.UTF_8));
        return packet(type, bytes.toByteArray());
    }

    /** Of fewer than 128 bytes. */
    private static byte[] packet(int type, byte[] rest) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(type);
        bytes.write(rest.length);
        bytes.write(rest);
        return bytes.toByteArray();
    }

    private static void skip(DataInputStream in, int type) throws IOException {
        int next = next(in);
        if (next != type) {
            throw new AssertionError("packet 0x%02x came, expected 0x%02x".formatted(next, type));
        }
    }

    private static int next(DataInputStream in) throws IOException {
        int type = in.readUnsignedByte();
        in.skipNBytes(in.readUnsignedByte());
        return type;
    }
}
