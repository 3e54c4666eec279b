package io.millrace.gateway.notify;

import io.millrace.gateway.notify.DeliveryResult.Delivered;
import io.millrace.gateway.notify.DeliveryResult.Refused;
import io.millrace.gateway.notify.DeliveryResult.Unavailable;
import io.millrace.gateway.notify.Secret.SecretMissingException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Delivers notifications as signed HTTP POSTs. The idempotency key makes a repeated delivery harmless. */
final class WebhookChannel implements NotificationChannel {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

    private final ChannelConfig.Webhook config;
    private final HttpClient http;
    private final InstantSource clock;
    private final Duration patience;

    /**
     * @param clock for the signature
     * @param patience until the whole answer is there
     */
    WebhookChannel(ChannelConfig.Webhook config, InstantSource clock, Duration patience) {
        this.config = config;
        this.clock = clock;
        this.patience = patience;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_MAX)
                .build();
    }

    @Override
    public DeliveryResult deliver(Notification notification) throws InterruptedException {
        byte[] body = notification.json();
        HttpRequest.Builder request = HttpRequest.newBuilder(config.url())
                .header("Content-Type", "application/json")
                .header("User-Agent", "millrace")
                .header("Idempotency-Key", notification.id())
                .POST(BodyPublishers.ofByteArray(body));
        try {
            if (config.secret().isPresent()) {
                String secret = config.secret().get().read();
                request.header(
                        Signature.HEADER, Signature.of(body, clock.instant().getEpochSecond(), secret));
            }
        } catch (SecretMissingException e) {
            return new Unavailable(String.valueOf(e.getMessage()));
        }
        return send(request.build());
    }

    /** The answer's body counts for the time too: a receiver that drips it does not hold the channel. */
    private DeliveryResult send(HttpRequest request) throws InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer = http.sendAsync(request, BodyHandlers.discarding());
        try {
            return outcome(answer.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return new Unavailable("%s does not answer within %d ms".formatted(config.target(), patience.toMillis()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                return new Unavailable("%s: %s".formatted(config.target(), reason(cause)));
            }
            throw new IllegalStateException("webhook %s failed".formatted(config.name()), e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private DeliveryResult outcome(HttpResponse<Void> answer) {
        int status = answer.statusCode();
        String what = "%s answers HTTP %d".formatted(config.target(), status);
        return switch (status / 100) {
            case 2 -> new Delivered();
            case 3 -> new Refused(what + ", a redirect, which is not followed: give the address that it leads to");
            case 4 ->
                switch (status) {
                    // May be put right over there, or by a new secret in its file.
                    case 401, 403, 407, 408, 425, 429 -> new Unavailable(what, retryAfter(answer));
                    default -> new Refused(what);
                };
            default -> new Unavailable(what, retryAfter(answer));
        };
    }

    /** RFC 9110, section 10.2.3: seconds, or a date. */
    private Optional<Duration> retryAfter(HttpResponse<Void> answer) {
        return answer.headers().firstValue("Retry-After").flatMap(text -> {
            try {
                if (text.matches("[0-9]{1,9}")) {
                    return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
                }
                Instant at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                return Optional.of(Duration.between(clock.instant(), at));
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        });
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
