package io.millrace.broker.bundle;

import com.hivemq.extension.sdk.api.async.Async;
import com.hivemq.extension.sdk.api.interceptor.puback.PubackOutboundInterceptor;
import com.hivemq.extension.sdk.api.interceptor.puback.parameter.PubackOutboundInput;
import com.hivemq.extension.sdk.api.interceptor.puback.parameter.PubackOutboundOutput;
import com.hivemq.extension.sdk.api.interceptor.publish.PublishInboundInterceptor;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundInput;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundOutput;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import com.hivemq.extension.sdk.api.packets.publish.PublishPacket;
import com.hivemq.extension.sdk.api.services.Services;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one connection's messages out of HiveMQ's hands where they can be bundled, and holds their PUBACK until the
 * bundle is queued. HiveMQ calls it from one thread at a time.
 *
 * <p>The message itself is let through by HiveMQ at once; would it be held here, each client could have one message under
 * way only.
 */
final class ClientTap implements PublishInboundInterceptor, PubackOutboundInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(ClientTap.class);

    /** HiveMQ sends an answer that was held for that long; ours completes with the bundle, or the process ends. */
    private static final Duration NEVER = Duration.ofDays(1);

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final String clientId;
    private final Bundling bundling;

    /** By packet id, of which there are 65 535 at most. Made when first needed: most are idle. */
    private volatile @Nullable Map<Integer, CompletableFuture<Bundle.Fate>> unanswered;

    ClientTap(String clientId, Bundling bundling) {
        this.clientId = clientId;
        this.bundling = bundling;
    }

    @Override
    public void onInboundPublish(PublishInboundInput input, PublishInboundOutput output) {
        PublishPacket message = input.getPublishPacket();
        Route route = Route.of(message.getTopic());
        if (route == null || message.getRetain() || message.getQos() == Qos.EXACTLY_ONCE) {
            return;
        }
        ByteBuffer payload = message.getPayload().orElse(EMPTY);
        CompletableFuture<Bundle.Fate> fate = bundling.take(route, message.getTopic(), payload);
        if (fate == null) {
            return;
        }
        if (message.getQos() == Qos.AT_LEAST_ONCE) {
            unanswered().put(message.getPacketId(), fate);
        }
        output.preventPublishDelivery(AckReasonCode.SUCCESS);
    }

    private Map<Integer, CompletableFuture<Bundle.Fate>> unanswered() {
        Map<Integer, CompletableFuture<Bundle.Fate>> all = unanswered;
        if (all == null) {
            all = new ConcurrentHashMap<>();
            unanswered = all;
        }
        return all;
    }

    @Override
    public void onOutboundPuback(PubackOutboundInput input, PubackOutboundOutput output) {
        Map<Integer, CompletableFuture<Bundle.Fate>> all = unanswered;
        CompletableFuture<Bundle.Fate> fate =
                all == null ? null : all.remove(input.getPubackPacket().getPacketIdentifier());
        if (fate == null || fate.getNow(Bundle.Fate.FAILED) == Bundle.Fate.QUEUED) {
            return;
        }
        Async<PubackOutboundOutput> later = output.async(NEVER);
        var _ = fate.thenAccept(known -> answer(known, later));
    }

    private void answer(Bundle.Fate fate, Async<PubackOutboundOutput> answer) {
        switch (fate) {
            case QUEUED -> answer.resume();
            case NOBODY_LISTENS -> {
                answer.getOutput().getPubackPacket().setReasonCode(AckReasonCode.NO_MATCHING_SUBSCRIBERS);
                answer.resume();
            }
            case FAILED -> {
                LOG.warn("A message was not queued for the gateway, its sender has to send again: client={}", clientId);
                var _ = Services.clientService()
                        .disconnectClient(clientId)
                        .whenComplete((_, _) -> answer.resume()); // to nobody: the connection is closed
            }
        }
    }
}
