package io.millrace.gateway.health;

import io.millrace.gateway.commit.CommitLoop;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while commits go through: the loop writes a tick each second, so a silent one is stuck or its disk is full. */
@Readiness
@ApplicationScoped
final class CommitProgress implements HealthCheck {
    private static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private final CommitLoop loop;

    CommitProgress(CommitLoop loop) {
        this.loop = loop;
    }

    @Override
    public HealthCheckResponse call() {
        Duration silence = loop.sinceProgress();
        return HealthCheckResponse.named("commits go through")
                .status(silence.compareTo(SILENCE_MAX) < 0)
                .withData("since_progress_ms", silence.toMillis())
                .build();
    }
}
