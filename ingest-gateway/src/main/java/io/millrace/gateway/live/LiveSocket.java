package io.millrace.gateway.live;

import io.quarkus.websockets.next.CloseReason;
import io.quarkus.websockets.next.OnClose;
import io.quarkus.websockets.next.OnError;
import io.quarkus.websockets.next.OnOpen;
import io.quarkus.websockets.next.OnTextMessage;
import io.quarkus.websockets.next.WebSocket;
import io.quarkus.websockets.next.WebSocketConnection;
import org.jboss.logging.Logger;

/** The door at {@code /api/v1/live}; docs/api.md describes the frames. */
@WebSocket(path = "/api/v1/live")
final class LiveSocket {
    private static final Logger LOG = Logger.getLogger(LiveSocket.class);
    private static final CloseReason TOO_MANY =
            new CloseReason(1013, "%d pages are open already, close one and try again".formatted(Pusher.CLIENTS_MAX));

    private final Pusher pusher;

    LiveSocket(Pusher pusher) {
        this.pusher = pusher;
    }

    @OnOpen
    void open(WebSocketConnection connection) {
        if (!pusher.join(connection)) {
            connection.closeAndAwait(TOO_MANY);
        }
    }

    @OnTextMessage
    void message(String text, WebSocketConnection connection) {
        pusher.heard(connection, text);
    }

    @OnClose
    void close(WebSocketConnection connection) {
        pusher.leave(connection);
    }

    @OnError
    void failed(WebSocketConnection connection, Throwable failure) {
        LOG.debugf("Page lost: connection=%s cause=%s", connection.id(), failure);
    }
}
