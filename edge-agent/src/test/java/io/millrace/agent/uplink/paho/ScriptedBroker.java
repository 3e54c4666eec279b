package io.millrace.agent.uplink.paho;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

/** As much of an MQTT 5 broker as one client needs, on a real socket; answers what the test says, or nothing. */
final class ScriptedBroker implements AutoCloseable {
    private static final int CONNECT = 0x10;
    private static final int PUBLISH = 0x30;
    private static final int SUBSCRIBE = 0x80;
    private static final int PINGREQ = 0xC0;

    private final ServerSocket server;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int pubackCode;
    private volatile int subackCode;
    private volatile int disconnectCode;
    private volatile boolean silent;
    private volatile byte[] connect = {};

    ScriptedBroker() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("scripted-broker").start(this::serve);
    }

    URI uri() {
        return URI.create("mqtt://127.0.0.1:" + server.getLocalPort());
    }

    /** From now on it answers each PUBLISH with this reason code (MQTT 5.0, section 3.4.2.1). */
    void answerPublishesWith(int code) {
        pubackCode = code;
    }

    void answerSubscriptionsWith(int code) {
        subackCode = code;
    }

    /** It ends the connection with this reason code (MQTT 5.0, section 3.14.2.1) instead. */
    void disconnectOnSubscriptionsWith(int code) {
        disconnectCode = code;
    }

    /** From now on it answers nothing, and keeps the connection: as when the way to it was cut. */
    void fallSilent() {
        silent = true;
    }

    /** The CONNECT of the client, without its first byte and length. */
    byte[] connect() {
        return connect;
    }

    /** Waits until the client has closed its side. */
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    private void serve() {
        try (Socket client = server.accept()) {
            var in = new DataInputStream(client.getInputStream());
            while (true) {
                int type = in.readUnsignedByte();
                byte[] rest = in.readNBytes(remainingLength(in));
                if (!silent) {
                    answer(type, rest, client.getOutputStream());
                }
            }
        } catch (IOException e) {
            ended.countDown(); // the client went, or the test is over
        }
    }

    private static int remainingLength(DataInputStream in) throws IOException {
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int b = in.readUnsignedByte();
            length |= (b & 0x7F) << shift;
            if (b < 0x80) {
                return length;
            }
        }
    }

    private void answer(int type, byte[] rest, OutputStream out) throws IOException {
        switch (type & 0xF0) {
            case CONNECT -> {
                connect = rest;
                out.write(new byte[] {0x20, 6, 0, 0, 3, 0x21, 0, 10}); // Receive Maximum 10
            }
            case SUBSCRIBE ->
                out.write(
                        disconnectCode > 0
                                ? new byte[] {(byte) 0xE0, 2, (byte) disconnectCode, 0}
                                : new byte[] {(byte) 0x90, 4, rest[0], rest[1], 0, (byte) subackCode});
            case PUBLISH -> {
                int id = 2 + ((rest[0] & 0xFF) << 8 | rest[1] & 0xFF);
                out.write(new byte[] {0x40, 3, rest[id], rest[id + 1], (byte) pubackCode});
            }
            case PINGREQ -> out.write(new byte[] {(byte) 0xD0, 0});
            default -> {}
        }
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
