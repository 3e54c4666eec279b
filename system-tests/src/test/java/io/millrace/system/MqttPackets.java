package io.millrace.system;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Cuts a stream of bytes into MQTT control packets (MQTT 5.0, section 2.1: type and flags, remaining length, the rest). */
final class MqttPackets {
    private static final int PUBLISH = 3;
    private static final int CONTINUES = 0x80;

    private MqttPackets() {}

    /**
     * Blocks for a whole packet.
     *
     * @return the packet with its header; null if the stream ends, in the middle of one or not
     */
    static byte @Nullable [] read(InputStream in) throws IOException {
        try {
            return packet(in);
        } catch (EOFException e) {
            return null;
        }
    }

    private static byte[] packet(InputStream in) throws IOException {
        var packet = new ByteArrayOutputStream();
        packet.write(octet(in));
        int length = 0;
        int shift = 0;
        int octet;
        do {
            octet = octet(in);
            packet.write(octet);
            length |= (octet & ~CONTINUES) << shift;
            shift += 7;
        } while ((octet & CONTINUES) != 0);
        byte[] rest = in.readNBytes(length);
        if (rest.length < length) {
            throw new EOFException();
        }
        packet.writeBytes(rest);
        return packet.toByteArray();
    }

    private static int octet(InputStream in) throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw new EOFException();
        }
        return octet;
    }

    static boolean isPublish(byte[] packet) {
        return (packet[0] & 0xff) >> 4 == PUBLISH;
    }
}
