package io.millrace.gateway.health;

import io.millrace.gateway.mqtt.MqttReceipts;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while receipts can be sent; the connector itself reports the connections that messages come in on. */
@Readiness
@ApplicationScoped
final class ReceiptConnection implements HealthCheck {
    private final MqttReceipts receipts;

    ReceiptConnection(MqttReceipts receipts) {
        this.receipts = receipts;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("receipts can be sent")
                .status(receipts.isConnected())
                .withData("sent", receipts.sent())
                .withData("dropped", receipts.dropped())
                .build();
    }
}
