package io.millrace.gateway.mqtt;

import io.millrace.gateway.GatewayConfig;
import io.smallrye.reactive.messaging.ClientCustomizer;
import io.smallrye.reactive.messaging.mqtt.session.MqttClientSessionOptions;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.config.Config;

/**
 * Points every channel at the broker and takes the PUBACK out of the client's hands: stock, it acknowledges on receipt,
 * and whatever a crash finds between receipt and commit is lost.
 */
@ApplicationScoped
final class SessionCustomizer implements ClientCustomizer<MqttClientSessionOptions> {
    private final GatewayConfig config;

    SessionCustomizer(GatewayConfig config) {
        this.config = config;
    }

    @Override
    public MqttClientSessionOptions customize(String channel, Config ignored, MqttClientSessionOptions options) {
        options.setHostname(config.mqtt().getHost());
        options.setPort(config.mqttPort());
        options.setAutoAck(false);
        return options;
    }
}
