package io.millrace.cli.api;

import io.millrace.cli.CommandException;
import io.millrace.model.Addresses;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The gateway's API. Its refusals become the exit codes of the contract. */
public final class GatewayClient implements AutoCloseable {
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);

    /** The audit itself waits up to 30 s until everything is applied. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

    /** The gateway itself gives up before. */
    private static final Duration LONG_ANSWER_MAX = Duration.ofMinutes(10);

    private static final int PROBLEM_BYTES_MAX = 64 * 1024;

    private final URI api;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(CONNECT_MAX).build();

    /** @throws CommandException if it is no http address */
    public GatewayClient(URI api) throws CommandException {
        if (!Addresses.isHttp(api)) {
            throw CommandException.wrongUsage(
                    "--api is '%s', expected an address such as http://127.0.0.1:8080, with a port from 1 to %d"
                            .formatted(api, Addresses.PORT_MAX));
        }
        this.api = api;
    }

    String get(String path) throws CommandException, InterruptedException {
        return text(request(path).build());
    }

    String post(String path) throws CommandException, InterruptedException {
        return text(request(path).POST(BodyPublishers.noBody()).build());
    }

    /** For what may take minutes. */
    String post(String path, byte[] body) throws CommandException, InterruptedException {
        return text(request(path)
                .timeout(LONG_ANSWER_MAX)
                .POST(BodyPublishers.ofByteArray(body))
                .build());
    }

    /** The body as it comes; reading it fails with an {@link IOException} when the gateway goes away. */
    InputStream stream(String path, String type) throws CommandException, InterruptedException {
        return send(request(path).header("Accept", type).build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(api.resolve("/api/v1/" + path)).timeout(ANSWER_MAX);
    }

    private String text(HttpRequest request) throws CommandException, InterruptedException {
        try (InputStream body = send(request)) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private InputStream send(HttpRequest request) throws CommandException, InterruptedException {
        try {
            HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
            if (response.statusCode() / 100 == 2) {
                return response.body();
            }
            try (InputStream body = response.body()) {
                throw refused(response.statusCode(), Json.problem(body.readNBytes(PROBLEM_BYTES_MAX)));
            }
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private static CommandException refused(int status, String problem) {
        // 422 is about what was given, such as the mistakes in a file, a line each: nothing may follow the last one.
        String message = status == 422 ? problem : "%s (HTTP %d)".formatted(problem, status);
        return switch (status) {
            case 400, 404, 422 -> CommandException.wrongUsage(message);
            default -> CommandException.unavailable(message);
        };
    }

    CommandException unreachable(IOException e) {
        return CommandException.unavailable(
                "gateway %s cannot be reached: %s. Is ./millrace up running? Another address goes with --api"
                        .formatted(api, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
