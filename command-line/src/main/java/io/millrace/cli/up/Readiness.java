package io.millrace.cli.up;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks a part whether it serves. Each question is answered within {@link #ANSWER_MAX}. */
interface Readiness {
    Duration ANSWER_MAX = Duration.ofSeconds(2);

    boolean isReady() throws InterruptedException;

    /** Ready when it accepts connections. */
    static Readiness tcp(int port) {
        return () -> {
            try (var socket = new Socket()) {
                socket.connect(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) ANSWER_MAX.toMillis());
                return true;
            } catch (IOException e) {
                return false;
            }
        };
    }

    /** Ready when the answer is 200. */
    static Readiness http(HttpClient client, URI uri) {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(ANSWER_MAX).build();
        return () -> {
            try {
                return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
            } catch (IOException e) {
                return false;
            }
        };
    }
}
