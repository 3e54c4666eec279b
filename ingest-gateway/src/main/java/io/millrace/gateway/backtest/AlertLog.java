package io.millrace.gateway.backtest;

import io.millrace.store.derive.Output;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.WindowRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Puts transitions together to alerts, in the order in which they were raised in the log. */
final class AlertLog implements Output {
    /** About 100 bytes each. */
    static final int ALERTS_MAX = 100_000;

    private final Predicate<String> rules;
    private final Map<String, Alert> byId = new LinkedHashMap<>();
    private long leftOut;

    /** @param rules whether alerts of a rule of this name are kept */
    AlertLog(Predicate<String> rules) {
        this.rules = rules;
    }

    @Override
    public void window(WindowRow row) {}

    @Override
    public void transition(TransitionRow t) {
        switch (t.transition()) {
            case RAISED -> raised(t);
            case CONFIRMED, ESCALATED ->
                byId.computeIfPresent(t.id(), (_, alert) -> t.retroactive() ? alert : alert.confirmed());
            case FLAPPING, ACKNOWLEDGED, SHELVED, UNSHELVED -> {}
            case CLEARED -> byId.computeIfPresent(t.id(), (_, alert) -> alert.cleared(t.atMicros()));
        }
    }

    private void raised(TransitionRow t) {
        if (!rules.test(t.rule())) {
            return;
        }
        if (byId.size() >= ALERTS_MAX) {
            leftOut++;
            return;
        }
        var watched = new Alert.Watched(t.rule(), t.site(), t.agent(), t.device(), t.metric());
        byId.put(
                t.id(),
                new Alert(
                        watched,
                        t.severity(),
                        t.atMicros(),
                        Alert.OPEN,
                        t.value(),
                        t.limit(),
                        t.text(),
                        t.retroactive()));
    }

    List<Alert> alerts() {
        return List.copyOf(byId.values());
    }

    /** Alerts beyond {@value #ALERTS_MAX}. */
    long leftOut() {
        return leftOut;
    }
}
