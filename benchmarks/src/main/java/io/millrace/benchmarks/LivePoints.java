package io.millrace.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the page's WebSocket gets, and when: the points of chosen series. */
final class LivePoints implements AutoCloseable {
    private static final JsonFactory JSON = new JsonFactory();

    /** Told on the socket's thread. */
    interface Listener {
        /** @param nanos {@link System#nanoTime} at which the frame had come */
        void point(String series, double value, long nanos);
    }

    private final WebSocket socket;

    private LivePoints(WebSocket socket) {
        this.socket = socket;
    }

    /** Connects as the page does; blocks until that is done. */
    static LivePoints connect(HttpClient client, URI page, Listener listener) {
        URI live = URI.create("ws://%s/api/v1/live".formatted(page.getAuthority()));
        return new LivePoints(client.newWebSocketBuilder()
                .buildAsync(live, new Frames(listener))
                .join());
    }

    /** Says which series are wanted from now on, at most 16. */
    void watch(List<String> series) {
        String points = series.stream().map("\"%s\""::formatted).collect(Collectors.joining(",", "[", "]"));
        socket.sendText("{\"v\":1,\"type\":\"watch\",\"points\":%s,\"values\":[]}".formatted(points), true)
                .join();
    }

    @Override
    public void close() {
        socket.abort();
    }

    /** Puts frames together and reads those of type {@code points}. */
    private static final class Frames implements WebSocket.Listener {
        private final Listener listener;
        private final StringBuilder text = new StringBuilder();

        Frames(Listener listener) {
            this.listener = listener;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                long nanos = System.nanoTime();
                read(text.toString(), nanos);
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        private void read(String frame, long nanos) {
            if (!frame.contains("\"type\":\"points\"")) {
                return;
            }
            try (JsonParser json = JSON.createParser(frame)) {
                String series = "";
                while (json.nextToken() != null) {
                    if (json.currentToken() == JsonToken.VALUE_STRING && "id".equals(json.currentName())) {
                        series = json.getText();
                    } else if (json.currentToken() == JsonToken.START_ARRAY && "points".equals(json.currentName())) {
                        points(json, series, nanos);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException("a frame of the gateway is no JSON", e);
            }
        }

        /** Pairs of time and value; {@code id} comes before them. */
        private void points(JsonParser json, String series, long nanos) throws IOException {
            while (json.nextToken() == JsonToken.START_ARRAY) {
                json.nextToken();
                json.nextToken();
                listener.point(series, json.getDoubleValue(), nanos);
                json.nextToken();
            }
        }
    }
}
