package io.millrace.simulator.mqtt;

import io.millrace.agent.uplink.MqttLink;

/** Links for the agent's uplink over Netty: thousands in one process, no thread for each. */
public final class NettyLinks implements MqttLink.Factory {
    private final Opener opener;

    public NettyLinks(Opener opener) {
        this.opener = opener;
    }

    @Override
    public MqttLink create() {
        return new NettyMqttLink(opener);
    }
}
