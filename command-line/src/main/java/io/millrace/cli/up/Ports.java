package io.millrace.cli.up;

import io.millrace.cli.CommandException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * The ports on 127.0.0.1 that we serve, all chosen before anything starts, so that a restarted child finds its own again.
 */
record Ports(int http, int mqtt, int sql) {
    private static final int MAX = 65_535;

    /**
     * Checks that the ports are free, and finds one where 0 is asked for.
     *
     * @throws CommandException if one is no port, asked for twice, or taken; with every such mistake
     */
    static Ports claim(int http, int mqtt, int sql) throws CommandException {
        checkAsked(http, mqtt, sql);
        List<String> taken = new ArrayList<>();
        List<ServerSocket> held = new ArrayList<>();
        try {
            var ports = new Ports(
                    claim("--http-port", http, held, taken),
                    claim("--mqtt-port", mqtt, held, taken),
                    claim("--sql-port", sql, held, taken));
            if (taken.isEmpty()) {
                return ports;
            }
        } finally {
            held.forEach(Ports::close);
        }
        throw CommandException.unavailable(String.join("\n", taken));
    }

    private static void checkAsked(int http, int mqtt, int sql) throws CommandException {
        List<String> mistakes = new ArrayList<>();
        check("--http-port", http, mistakes);
        check("--mqtt-port", mqtt, mistakes);
        check("--sql-port", sql, mistakes);
        if ((http == mqtt && http != 0) || (http == sql && http != 0) || (mqtt == sql && mqtt != 0)) {
            mistakes.add("--http-port, --mqtt-port and --sql-port are %d, %d and %d, expected three different ones"
                    .formatted(http, mqtt, sql));
        }
        if (!mistakes.isEmpty()) {
            throw CommandException.wrongUsage(String.join("\n", mistakes));
        }
    }

    private static void check(String option, int port, List<String> mistakes) {
        if (port < 0 || port > MAX) {
            mistakes.add("%s is %d, expected 0 to %d".formatted(option, port, MAX));
        }
    }

    private static int claim(String option, int port, List<ServerSocket> held, List<String> taken) {
        try {
            var socket = new ServerSocket();
            held.add(socket);
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            taken.add(
                    "%s: port %d of 127.0.0.1 cannot be used: %s. Stop what listens there or choose another, 0 for any"
                            .formatted(option, port, e.getMessage()));
            return port;
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
