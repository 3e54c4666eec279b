package io.millrace.gateway.health;

import io.millrace.gateway.project.RulesWatch;
import io.millrace.store.Store;
import io.millrace.store.TableHealth;
import io.millrace.store.derive.Derivation;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the read models follow the log: nothing failed, no table is suspended. Being behind is only told. */
@Readiness
@ApplicationScoped
final class DerivationProgress implements HealthCheck {
    private final Store store;
    private final RulesWatch rules;

    DerivationProgress(Store store, RulesWatch rules) {
        this.store = store;
        this.rules = rules;
    }

    @Override
    public HealthCheckResponse call() {
        Derivation.Progress progress = store.derivation().progress();
        List<TableHealth> tables = store.health();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("read models follow the log")
                .status(progress.failure().isEmpty() && tables.stream().noneMatch(TableHealth::suspended))
                .withData("head", progress.head())
                .withData("position", progress.position())
                .withData("committed_position", progress.committedPosition())
                .withData(
                        "apply_lag_ms",
                        tables.stream()
                                .mapToLong(TableHealth::behindMillis)
                                .max()
                                .orElse(0));
        if (!rules.mistakes().isEmpty()) {
            response.withData("rules_refused", String.join("\n", rules.mistakes()));
        }
        progress.rebuild()
                .ifPresent(rebuild -> response.withData("rebuild_position", rebuild.position())
                        .withData("rebuild_until", rebuild.until()));
        progress.failure().ifPresent(failure -> response.withData("failure", failure));
        tables.stream().filter(TableHealth::suspended).forEach(t -> response.withData("suspended." + t.table(), true));
        return response.build();
    }
}
