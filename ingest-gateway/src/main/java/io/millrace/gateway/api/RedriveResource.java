package io.millrace.gateway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.gateway.api.DeadLetterTable.Question;
import io.millrace.gateway.api.Keyset.Page;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Drives dead letters again: their messages go through admission once more, as new entries of the log. */
@Path("/api/v1/dead-letters")
@Tag(name = "dead letters")
public final class RedriveResource {
    private static final Logger LOG = Logger.getLogger(RedriveResource.class);
    private static final int LIMIT = 100;
    private static final int LIMIT_MAX = 500;

    private final DeadLetterTable table;
    private final Operator operator;
    private final Clock clock;

    RedriveResource(DeadLetterTable table, Operator operator, Clock clock) {
        this.table = table;
        this.operator = operator;
        this.clock = clock;
    }

    /** What became of a letter. */
    public enum Outcome {
        /** It is no dead letter any more. */
        STORED,
        /** It is one still, for the reason that stands beside it. */
        DEAD_LETTERED,
        /** It cannot be driven again: a status, or a payload that only newer software can read. */
        REFUSED
    }

    /**
     * @param redriven letters that matched
     * @param stored those that are dead letters no more
     * @param next where the next page begins behind; null on the last one
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Redriven(
            int redriven,
            int stored,
            List<Letter> letters,
            @Nullable String next) {}

    /**
     * @param outcome stored, dead_lettered or refused
     * @param reason and {@code detail} say why it is a dead letter, or was one
     */
    public record Letter(String id, String outcome, String reason, String detail) {}

    private record Driven(DeadLetterRow before, CompletableFuture<Long> committed) {}

    @POST
    @Path("redrive")
    @Operation(summary = "Drives the open dead letters that match again, the latest first")
    @Parameter(name = "site", in = ParameterIn.QUERY, description = Describe.SITE)
    @Parameter(name = "agent", in = ParameterIn.QUERY, description = Describe.AGENT)
    @Parameter(name = "reason", in = ParameterIn.QUERY, description = "Exactly this reason, such as not_finite")
    @Parameter(name = "from", in = ParameterIn.QUERY, description = "When it came, inclusive; RFC 3339 or now-15m")
    @Parameter(name = "to", in = ParameterIn.QUERY, description = "When it came, exclusive")
    @Parameter(name = "limit", in = ParameterIn.QUERY, description = "Letters in a page, 1 to 500, default 100")
    @Parameter(name = "cursor", in = ParameterIn.QUERY, description = Describe.CURSOR)
    public Redriven redrive(@Context UriInfo uri) throws InterruptedException {
        var parameters = new Parameters(uri, clock);
        Question question = Question.of(parameters);
        int limit = parameters.count("limit", LIMIT, 1, LIMIT_MAX);
        parameters.check();
        question.filter().and("outcome IS NULL");
        operator.awaitVisible();
        Page<DeadLetterRow> page = table.page(question, limit);
        DeadLetterRow last = page.last();
        return drive(page.rows(), last == null ? null : last.cursor());
    }

    @POST
    @Path("{id}/redrive")
    @Operation(summary = "Drives one dead letter again")
    public Redriven redrive(@PathParam("id") String id) throws InterruptedException {
        operator.awaitVisible();
        DeadLetterRow row = DeadLettersResource.whole(table, id);
        if (row.outcome() != null) {
            throw new ProblemException(
                    409,
                    "not a dead letter any more",
                    "Letter %s was driven again at %s and is %s."
                            .formatted(id, DeadLetterTable.instant(row.redrivenMicros()), row.outcome()));
        }
        return drive(List.of(row), null);
    }

    private Redriven drive(List<DeadLetterRow> rows, @Nullable String next) throws InterruptedException {
        var driven = new ArrayList<Driven>();
        for (DeadLetterRow row : rows) {
            DeadLetterRow whole = table.again(row);
            byte[] payload = whole == null ? null : whole.payload();
            if (payload != null) {
                driven.add(new Driven(
                        row,
                        operator.hand(
                                payload.length,
                                (admission, now) -> List.of(admission.redrive(row.letter(), payload, now)))));
            }
        }
        for (Driven d : driven) {
            operator.await(d.committed);
        }
        operator.awaitVisible();
        var letters = new ArrayList<Letter>();
        for (Driven d : driven) {
            letters.add(letter(d));
        }
        int stored = (int) letters.stream()
                .filter(letter -> letter.outcome.equals(label(Outcome.STORED)))
                .count();
        if (!letters.isEmpty()) {
            LOG.infof("Dead letters were driven again: letters=%d stored=%d", letters.size(), stored);
        }
        return new Redriven(letters.size(), stored, letters, next);
    }

    private Letter letter(Driven driven) throws InterruptedException {
        DeadLetterRow now = table.again(driven.before);
        DeadLetterRow row = now == null ? driven.before : now;
        Outcome outcome = row.outcome() != null
                ? Outcome.STORED
                : operator.await(driven.committed) == 0 ? Outcome.REFUSED : Outcome.DEAD_LETTERED;
        return new Letter(row.id().toString(), label(outcome), row.reason(), row.detail());
    }

    private static String label(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}
