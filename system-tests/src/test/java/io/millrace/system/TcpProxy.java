package io.millrace.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The line between an agent and the broker: hands MQTT packets on both ways until it is told to misbehave. Listens on a
 * free port of its own.
 */
final class TcpProxy implements AutoCloseable {
    /** Longer than an agent takes for several messages, shorter than it waits for a receipt. */
    private static final int SCRAMBLE_MILLIS_MAX = 1_000;

    /** One PUBLISH of so many comes twice. */
    private static final int SCRAMBLE_TWICE = 4;

    private enum Mode {
        PASS,
        SCRAMBLE,
        STALL,
        SWALLOW
    }

    private final ServerSocket server;
    private final int target;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private Mode mode = Mode.PASS;

    /**
     * @param target port of 127.0.0.1; nobody has to listen there yet, or always
     */
    TcpProxy(int target) throws IOException {
        this.target = target;
        server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Delays every PUBLISH, each for another time, so that they overtake each other, and hands some on twice. */
    synchronized void scramble() {
        mode = Mode.SCRAMBLE;
        notifyAll();
    }

    /** Resets all connections; bytes that were under way are lost. */
    void cut() {
        connections.forEach(Connection::reset);
    }

    /** Holds all bytes back until {@link #heal}. */
    synchronized void stall() {
        mode = Mode.STALL;
    }

    /** Throws all bytes away, and lets nobody know: of these connections for ever, new ones die likewise. */
    synchronized void halfOpen() {
        mode = Mode.SWALLOW;
        connections.forEach(connection -> connection.dead = true);
        notifyAll();
    }

    /** Hands on what was held back, and carries new connections. */
    synchronized void heal() {
        mode = Mode.PASS;
        notifyAll();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                Thread.ofVirtual().start(() -> serve(near));
            } catch (IOException e) {
                // closed, or a client that was gone again
            }
        }
    }

    private void serve(Socket near) {
        try (near;
                Socket far = new Socket(InetAddress.getLoopbackAddress(), target)) {
            var connection = new Connection(near, far);
            connections.add(connection);
            Thread back = Thread.ofVirtual().start(() -> connection.pump(far, near));
            connection.pump(near, far);
            back.join();
            connections.remove(connection);
        } catch (IOException e) {
            // nobody listens there: the client sees a connection that ends at once
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits while the line stalls; returns whether what was read may be handed on. */
    private synchronized boolean awaitPassage(Connection connection) throws InterruptedException {
        while (mode == Mode.STALL && !connection.dead) {
            wait();
        }
        connection.dead |= mode == Mode.SWALLOW;
        return !connection.dead;
    }

    private synchronized boolean isScrambling() {
        return mode == Mode.SCRAMBLE;
    }

    @Override
    public void close() throws IOException {
        server.close();
        heal();
        cut();
    }

    private final class Connection {
        private final Socket near;
        private final Socket far;
        private volatile boolean dead;

        private Connection(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        /** Runs until one end closes. Of a dead connection the other end does not hear of it. */
        void pump(Socket from, Socket to) {
            try (from) {
                InputStream in = new BufferedInputStream(from.getInputStream());
                for (byte[] packet = MqttPackets.read(in); packet != null; packet = MqttPackets.read(in)) {
                    if (isScrambling() && MqttPackets.isPublish(packet)) {
                        handOnLater(packet, to);
                        if (ThreadLocalRandom.current().nextInt(SCRAMBLE_TWICE) == 0) {
                            handOnLater(packet, to);
                        }
                    } else {
                        handOn(packet, to);
                    }
                }
                if (awaitPassage(this)) {
                    to.close();
                }
            } catch (IOException e) {
                resetUnlessDead(to);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void handOn(byte[] packet, Socket to) throws IOException, InterruptedException {
            if (awaitPassage(this)) {
                OutputStream out = to.getOutputStream();
                synchronized (to) {
                    out.write(packet);
                }
            }
        }

        private void handOnLater(byte[] packet, Socket to) {
            Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(ThreadLocalRandom.current().nextInt(SCRAMBLE_MILLIS_MAX));
                    handOn(packet, to);
                } catch (IOException e) {
                    resetUnlessDead(to);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        private void resetUnlessDead(Socket socket) {
            if (!dead) {
                reset(socket);
            }
        }

        void reset() {
            reset(near);
            reset(far);
        }

        private static void reset(Socket socket) {
            try (socket) {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // closed already
            }
        }
    }
}
