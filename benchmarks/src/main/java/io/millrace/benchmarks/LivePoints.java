package io.millrace.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.stream.Collectors;

/** What the page's WebSocket gets, and when: the points of chosen series. */
final class LivePoints implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();

    /** Told on the socket's thread. */
    interface Listener {
        /** @param nanos {@link System#nanoTime} at which the frame had come */
        void point(String series, double value, long nanos);
    }

    private final LiveSocket socket;

    private LivePoints(LiveSocket socket) {
        this.socket = socket;
    }

    /** Connects as the page does; blocks until that is done. */
    static LivePoints connect(HttpClient client, URI page, Listener listener) {
        return new LivePoints(LiveSocket.connect(client, page, (frame, nanos) -> read(frame, nanos, listener)));
    }

    /** Says which series are wanted from now on, at most 16. */
    void watch(List<String> series) {
        String points = series.stream().map("\"%s\""::formatted).collect(Collectors.joining(",", "[", "]"));
        socket.send("{\"v\":1,\"type\":\"watch\",\"points\":%s,\"values\":[]}".formatted(points));
    }

    @Override
    public void close() {
        socket.close();
    }

    private static void read(String frame, long nanos, Listener listener) {
        if (!frame.contains("\"type\":\"points\"")) {
            return;
        }
        try (JsonParser json = JSON.createParser(frame)) {
            String series = "";
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.VALUE_STRING && "id".equals(json.currentName())) {
                    series = json.getText();
                } else if (json.currentToken() == JsonToken.START_ARRAY && "points".equals(json.currentName())) {
                    points(json, series, nanos, listener);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a frame of the gateway is no JSON", e);
        }
    }

    /** Pairs of time and value; {@code id} comes before them. */
    private static void points(JsonParser json, String series, long nanos, Listener listener) throws IOException {
        while (json.nextToken() == JsonToken.START_ARRAY) {
            json.nextToken();
            json.nextToken();
            listener.point(series, json.getDoubleValue(), nanos);
            json.nextToken();
        }
    }
}
