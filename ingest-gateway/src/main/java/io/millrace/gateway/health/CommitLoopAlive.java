package io.millrace.gateway.health;

import io.millrace.gateway.commit.CommitLoop;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while the commit loop is: without it the process takes nothing in and should be started again. */
@Liveness
@ApplicationScoped
final class CommitLoopAlive implements HealthCheck {
    private final CommitLoop loop;

    CommitLoopAlive(CommitLoop loop) {
        this.loop = loop;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("commit loop").status(loop.isRunning()).build();
    }
}
