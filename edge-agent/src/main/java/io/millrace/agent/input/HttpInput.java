package io.millrace.agent.input;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.agent.config.InputConfig;
import io.millrace.agent.input.Submission.MalformedException;
import io.millrace.agent.input.Submission.TooManyEventsException;
import io.millrace.agent.spool.AppendResult;
import io.millrace.model.Event;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events that other programs of this machine post: {@code POST /events} (JSON) and {@code POST /write} (line
 * protocol). It answers with success only after the events were handed to the operating system.
 *
 * <pre>
 * 204  all events are in the spool
 * 422  some or all items are none; the good ones are in the spool and must not be sent again
 * 400  the body cannot be read, nothing was taken       413  it is too large, nothing was taken
 * 503  the spool has no room now: send again after Retry-After; "accepted" says how many were taken before
 * 507  the spool is full and its policy drops the newest: the events are gone, and declared
 * 403  Host or Origin is not this machine               404, 405, 415  another path, method, content encoding
 * </pre>
 *
 * Any body that is not empty is {@code application/problem+json} (RFC 9457).
 */
final class HttpInput implements Input {
    static final int BODY_BYTES_MAX = 1024 * 1024;

    /** A body that is larger is still read up to here, so that its sender hears the answer. */
    private static final long DRAINED_BYTES_MAX = 16L * 1024 * 1024;

    /** Larger bodies are taken one at a time: what they become must fit into a small heap. */
    private static final int SMALL_BODY_BYTES_MAX = 64 * 1024;

    private static final String EVENTS = "/events";
    private static final String WRITE = "/write";
    private static final int THREADS = 4;
    private static final int CONNECTIONS_MAX = 64;
    private static final Pattern LOOPBACK_HOST =
            Pattern.compile("(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?");
    private static final Duration ROOM_WAIT = Duration.ofSeconds(2);
    private static final Map<String, TimeUnit> PRECISIONS = Map.of(
            "ns",
            TimeUnit.NANOSECONDS,
            "n",
            TimeUnit.NANOSECONDS,
            "us",
            TimeUnit.MICROSECONDS,
            "u",
            TimeUnit.MICROSECONDS,
            "ms",
            TimeUnit.MILLISECONDS,
            "s",
            TimeUnit.SECONDS);
    private static final Logger log = LoggerFactory.getLogger(HttpInput.class);

    static {
        // The JDK's server reads these once, before the first one is made: against slow senders and Nagle's delays.
        setUnlessGiven("sun.net.httpserver.maxReqTime", "30");
        setUnlessGiven("sun.net.httpserver.maxRspTime", "30");
        setUnlessGiven("sun.net.httpserver.nodelay", "true");
        setUnlessGiven("jdk.httpserver.maxConnections", Integer.toString(CONNECTIONS_MAX));
    }

    private final InputConfig.Http config;
    private final Intake intake;
    private final AgentClock clock;
    private final HttpServer server;
    private final ExecutorService threads;
    private final Semaphore largeBodies = new Semaphore(1);

    private HttpInput(InputConfig.Http config, Intake intake, AgentClock clock, HttpServer server) {
        this.config = config;
        this.intake = intake;
        this.clock = clock;
        this.server = server;
        this.threads = Executors.newFixedThreadPool(
                THREADS,
                Thread.ofPlatform().name(config.name() + "-", 1).daemon().factory());
    }

    /**
     * Takes the port; requests are answered once it runs.
     *
     * @throws InputUnavailableException if the port is taken
     */
    static HttpInput open(InputConfig.Http config, Intake intake, AgentClock clock) throws InputUnavailableException {
        try {
            HttpServer server = HttpServer.create(config.listen(), CONNECTIONS_MAX);
            var input = new HttpInput(config, intake, clock, server);
            server.setExecutor(input.threads);
            server.createContext("/", input::handle);
            return input;
        } catch (IOException e) {
            throw new InputUnavailableException(
                    "input %s cannot listen on %s: %s. Stop what uses the port, or change its key listen"
                            .formatted(config.name(), config.listen(), e.getMessage()),
                    e);
        }
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public boolean ends() {
        return false;
    }

    /** Where it listens. */
    InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public InputEnd run() throws InterruptedException {
        server.start();
        log.info(
                "Listening: input={} url=http://{}:{}",
                name(),
                address().getHostString(),
                address().getPort());
        new CountDownLatch(1).await();
        throw new InterruptedException();
    }

    /** Lets requests that run end, for one second at most. */
    @Override
    public void close() {
        server.stop(1);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            respond(exchange, answer(exchange));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException, InterruptedException {
        Answer refusal = refusal(exchange);
        if (refusal != null) {
            return refusal;
        }
        byte[] body = body(exchange.getRequestBody());
        if (body == null) {
            return Answer.of(
                    413,
                    "body is larger than %d bytes, nothing was taken; send less at once".formatted(BODY_BYTES_MAX));
        }
        if (body.length <= SMALL_BODY_BYTES_MAX) {
            return answer(exchange.getRequestURI(), body);
        }
        largeBodies.acquire();
        try {
            return answer(exchange.getRequestURI(), body);
        } finally {
            largeBodies.release();
        }
    }

    private Answer answer(URI uri, byte[] body) throws InterruptedException {
        var submission = new Submission(intake.lanes());
        try {
            if (uri.getPath().equals(EVENTS)) {
                new JsonEvents(submission, config.lane(), now()).read(body);
                return store(submission, "index");
            }
            new LineProtocol(submission, config.lane(), config.agent(), now(), precision(uri)).read(text(body));
            return store(submission, "line");
        } catch (MalformedException e) {
            return Answer.of(400, e.getMessage() + "; nothing was taken");
        } catch (TooManyEventsException e) {
            return Answer.of(
                    413, "more than %d events, nothing was taken; send less at once".formatted(Submission.EVENTS_MAX));
        } catch (RuntimeException e) {
            log.error("Request failed by a fault of the agent; please report it: input={}", name(), e);
            return Answer.of(500, "the agent failed; its log has more");
        }
    }

    private static @Nullable Answer refusal(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        String origin = exchange.getRequestHeaders().getFirst("Origin");
        String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
        String path = exchange.getRequestURI().getPath();
        if (host == null || !LOOPBACK_HOST.matcher(host).matches()) {
            return Answer.of(403, "Host is %s, expected this machine's loopback address".formatted(host));
        }
        if (origin != null && !origin.equals("http://" + host)) {
            return Answer.of(403, "Origin is %s; web pages of other hosts may not post here".formatted(origin));
        }
        if (!path.equals(EVENTS) && !path.equals(WRITE)) {
            return Answer.of(404, "there is no %s, expected /events or /write".formatted(path));
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            return Answer.of(405, "method is %s, expected POST".formatted(exchange.getRequestMethod()));
        }
        return encoding == null || encoding.equals("identity")
                ? null
                : Answer.of(415, "Content-Encoding is %s, expected none".formatted(encoding));
    }

    private static byte @Nullable [] body(InputStream in) throws IOException {
        byte[] body = in.readNBytes(BODY_BYTES_MAX + 1);
        if (body.length <= BODY_BYTES_MAX) {
            return body;
        }
        long left = DRAINED_BYTES_MAX;
        while (left > 0) {
            int read = in.read(body);
            left = read < 0 ? 0 : left - read;
        }
        return null;
    }

    /** Decodes at once, and strictly only if something looks damaged, which saves a copy of each body. */
    private static String text(byte[] body) throws MalformedException {
        String text = new String(body, StandardCharsets.UTF_8);
        try {
            return text.indexOf('\uFFFD') < 0
                    ? text
                    : StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(body))
                            .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("body is not UTF-8");
        }
    }

    private static TimeUnit precision(URI uri) throws MalformedException {
        String query = uri.getQuery() == null ? "" : uri.getQuery();
        for (String parameter : query.split("&", -1)) {
            if (parameter.startsWith("precision=")) {
                TimeUnit precision = PRECISIONS.get(parameter.substring("precision=".length()));
                if (precision == null) {
                    throw new MalformedException(parameter + " is unknown, expected ns, us, ms or s");
                }
                return precision;
            }
        }
        return TimeUnit.NANOSECONDS;
    }

    private @Nullable Long now() {
        return clock.isPlausible() ? clock.micros() : null;
    }

    /** One record a lane if it fits, which is taken as a whole or not at all. */
    private Answer store(Submission submission, String item) throws InterruptedException {
        int accepted = 0;
        boolean isDropped = false;
        for (Map.Entry<String, List<Event>> lane : submission.eventsByLane().entrySet()) {
            for (List<Event> record : Records.of(lane.getValue())) {
                AppendResult result = append(lane.getKey(), record);
                if (result instanceof AppendResult.Full(String reason)) {
                    return Answer.busy(reason, accepted);
                }
                isDropped |= result instanceof AppendResult.Dropped;
                accepted += record.size();
            }
            if (!intake.flush(lane.getKey())) {
                return Answer.busy("the spool cannot be written at present; sending again may store events twice", 0);
            }
        }
        if (isDropped) {
            return Answer.of(507, "the spool is full and drops the newest: the events are declared as lost");
        }
        return submission.refused() == 0 ? Answer.ACCEPTED : Answer.refused(submission, item);
    }

    private AppendResult append(String lane, List<Event> record) throws InterruptedException {
        AppendResult result = intake.append(lane, record, null);
        return result instanceof AppendResult.Full && intake.awaitRoom(lane, ROOM_WAIT)
                ? intake.append(lane, record, null)
                : result;
    }

    private static void respond(HttpExchange exchange, Answer answer) throws IOException {
        if (answer.status() == 503) {
            exchange.getResponseHeaders().set("Retry-After", "1");
        }
        byte[] body = answer.body();
        if (body.length == 0) {
            exchange.sendResponseHeaders(answer.status(), -1);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
    }
}
