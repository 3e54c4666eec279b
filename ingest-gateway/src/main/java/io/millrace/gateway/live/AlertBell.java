package io.millrace.gateway.live;

import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** Rung when alerts have changed, so that pages hear of it at once and not at the next turn. */
@Singleton
final class AlertBell {
    private volatile @Nullable Runnable listener;

    /** @param next called on the derivation's thread, so it must not block */
    void heardBy(Runnable next) {
        listener = next;
    }

    void heardByNobody() {
        listener = null;
    }

    void ring() {
        Runnable heard = listener;
        if (heard != null) {
            heard.run();
        }
    }
}
