package io.millrace.gateway.live;

import io.millrace.store.derive.Fresh;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.WindowRow;
import jakarta.inject.Singleton;
import java.util.List;

/** Keeps what pages watch up to date, on the derivation's thread. */
@Singleton
final class LiveFold implements LiveListener {
    private final Curves curves;
    private final AlertBell bell;

    LiveFold(Curves curves, AlertBell bell) {
        this.curves = curves;
        this.bell = bell;
    }

    @Override
    public void folded(Fresh fresh, List<WindowRow> windows, List<TransitionRow> transitions) {
        curves.add(fresh);
        if (!transitions.isEmpty()) {
            bell.ring();
        }
    }
}
