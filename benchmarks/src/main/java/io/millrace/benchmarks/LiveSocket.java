package io.millrace.benchmarks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The page's WebSocket: whole frames, and when they came. */
final class LiveSocket implements AutoCloseable {
    /** Told on the socket's thread. */
    interface Listener {
        /** @param nanos {@link System#nanoTime} at which the frame had come */
        void frame(String json, long nanos);
    }

    private final WebSocket socket;

    private LiveSocket(WebSocket socket) {
        this.socket = socket;
    }

    /** Connects as the page does; blocks until that is done. */
    static LiveSocket connect(HttpClient client, URI page, Listener listener) {
        URI live = URI.create("ws://%s/api/v1/live".formatted(page.getAuthority()));
        return new LiveSocket(client.newWebSocketBuilder()
                .buildAsync(live, new Frames(listener))
                .join());
    }

    /** Blocks until the text has left. */
    void send(String text) {
        socket.sendText(text, true).join();
    }

    @Override
    public void close() {
        socket.abort();
    }

    /** Puts frames together. */
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
                listener.frame(text.toString(), nanos);
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }
    }
}
