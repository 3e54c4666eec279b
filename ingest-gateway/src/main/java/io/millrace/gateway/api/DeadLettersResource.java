package io.millrace.gateway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.gateway.api.DeadLetterTable.Question;
import io.millrace.gateway.api.Keyset.Page;
import io.millrace.store.log.Letter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What could not be used, with its bytes and the reason. */
@Path("/api/v1/dead-letters")
@Tag(name = "dead letters")
public final class DeadLettersResource {
    private static final int LIMIT = 50;
    private static final int LIMIT_MAX = 500;

    /** Longer payloads are cut in a list; the letter by itself has all of it. */
    private static final int PAYLOAD_BYTES_MAX = 16 * 1024;

    private final DeadLetterTable table;
    private final Clock clock;

    DeadLettersResource(DeadLetterTable table, Clock clock) {
        this.table = table;
        this.clock = clock;
    }

    /**
     * @param next where the next page begins behind; null on the last one
     */
    public record DeadLetters(
            List<DeadLetter> deadLetters, @Nullable String next) {}

    /** Which letters: those that are dead letters still, those that were driven again and are none, or both. */
    enum State {
        OPEN,
        STORED,
        ALL;

        static State of(String text) {
            return switch (text) {
                case "open" -> OPEN;
                case "stored" -> STORED;
                case "all" -> ALL;
                default -> throw new IllegalArgumentException("'%s' expected open, stored or all".formatted(text));
            };
        }
    }

    /**
     * @param id names it for ever
     * @param ts when it came
     * @param epoch and {@code seq} are null where they are not known
     * @param payload base64 of its first 16 KiB
     * @param payloadBytes length of all of it
     * @param redriven when it was driven again last; null if never
     * @param outcome {@code stored} once it is no dead letter any more, else null
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record DeadLetter(
            String id,
            Instant ts,
            String site,
            String agent,
            @Nullable String topic,
            String reason,
            String detail,
            String lane,
            @Nullable String epoch,
            @Nullable Long seq,
            String payload,
            int payloadBytes,
            @Nullable Instant redriven,
            @Nullable String outcome) {
        static DeadLetter of(DeadLetterRow row, int payloadBytesMax) {
            byte[] payload = row.payload() == null ? new byte[0] : row.payload();
            byte[] head = Arrays.copyOf(payload, Math.min(payload.length, payloadBytesMax));
            return new DeadLetter(
                    row.id().toString(),
                    DeadLetterTable.instant(row.micros()),
                    row.site(),
                    row.agent(),
                    row.topic(),
                    row.reason(),
                    row.detail(),
                    row.lane(),
                    row.epoch() == Letter.UNKNOWN ? null : Long.toString(row.epoch()),
                    row.sequence(),
                    Base64.getEncoder().encodeToString(head),
                    payload.length,
                    row.redrivenMicros() == Letter.UNKNOWN ? null : DeadLetterTable.instant(row.redrivenMicros()),
                    row.outcome());
        }
    }

    @GET
    @Operation(summary = "Dead letters, the latest first")
    @Parameter(name = "site", in = ParameterIn.QUERY, description = Describe.SITE)
    @Parameter(name = "agent", in = ParameterIn.QUERY, description = Describe.AGENT)
    @Parameter(name = "reason", in = ParameterIn.QUERY, description = "Exactly this reason, such as not_finite")
    @Parameter(name = "from", in = ParameterIn.QUERY, description = "When it came, inclusive; RFC 3339 or now-15m")
    @Parameter(name = "to", in = ParameterIn.QUERY, description = "When it came, exclusive")
    @Parameter(
            name = "state",
            in = ParameterIn.QUERY,
            description = "open (the default), stored: driven again and none any more, or all")
    @Parameter(name = "limit", in = ParameterIn.QUERY, description = "Letters in a page, 1 to 500, default 50")
    @Parameter(name = "cursor", in = ParameterIn.QUERY, description = Describe.CURSOR)
    public DeadLetters letters(@Context UriInfo uri) throws InterruptedException {
        var parameters = new Parameters(uri, clock);
        Question question = Question.of(parameters);
        State state = parameters.read("state", State::of);
        int limit = parameters.count("limit", LIMIT, 1, LIMIT_MAX);
        parameters.check();
        switch (state == null ? State.OPEN : state) {
            case OPEN -> question.filter().and("outcome IS NULL");
            case STORED -> question.filter().and("outcome IS NOT NULL");
            case ALL -> {}
        }
        Page<DeadLetterRow> page = table.wholePage(question, limit);
        DeadLetterRow last = page.last();
        return new DeadLetters(
                page.rows().stream()
                        .map(row -> DeadLetter.of(row, PAYLOAD_BYTES_MAX))
                        .toList(),
                last == null ? null : last.cursor());
    }

    @GET
    @Path("{id}")
    @Operation(summary = "One dead letter with all of its bytes")
    public DeadLetter letter(@PathParam("id") String id) throws InterruptedException {
        return DeadLetter.of(whole(table, id), Integer.MAX_VALUE);
    }

    /** The letter of that id; a problem if there is none. */
    static DeadLetterRow whole(DeadLetterTable table, String id) throws InterruptedException {
        DeadLetterRow row;
        try {
            row = table.whole(DeadLetterId.of(id));
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "wrong id", String.valueOf(e.getMessage()));
        }
        if (row == null) {
            throw new ProblemException(
                    404, "no such dead letter", "There is no dead letter %s; the list has their ids.".formatted(id));
        }
        return row;
    }
}
