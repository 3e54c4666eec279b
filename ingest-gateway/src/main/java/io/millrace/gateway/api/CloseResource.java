package io.millrace.gateway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.gateway.admit.Admitted;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.StreamId;
import io.millrace.store.Store;
import io.millrace.store.ledger.LedgerView.AgentState;
import io.millrace.store.ledger.LedgerView.Open;
import io.millrace.store.ledger.StreamAccount;
import io.millrace.store.log.Closing;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Ends what will never come in a declared gap: a wiped box, a spool folder that was copied or restored. */
@Path("/api/v1/ledger/close")
@Tag(name = "ledger")
public final class CloseResource {
    private static final Logger LOG = Logger.getLogger(CloseResource.class);

    /** About what a gap takes in memory and in the log. */
    private static final int GAP_BYTES = 64;

    private final Store store;
    private final Operator operator;
    private final Clock clock;

    CloseResource(Store store, Operator operator, Clock clock) {
        this.store = store;
        this.operator = operator;
        this.clock = clock;
    }

    /**
     * @param closed what was closed, by epoch
     * @param left readings of these epochs that nothing explains still: what an agent that is online says it holds, or
     *     what its epoch's book has no room for
     */
    public record Closed(List<Epoch> closed, long left) {}

    /**
     * @param missing readings that were missing, and {@code waiting} for their agent
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Epoch(String site, String agent, String lane, String epoch, long missing, long waiting) {
        static Epoch of(Open open, boolean alsoWaiting) {
            StreamId stream = open.account().stream();
            return new Epoch(
                    stream.site(),
                    stream.agent(),
                    stream.lane(),
                    Long.toString(stream.epoch()),
                    count(open.missing()),
                    alsoWaiting ? count(open.waiting()) : 0);
        }
    }

    /** Whose epochs; null is any. */
    private record Which(
            @Nullable String site,
            String agent,
            @Nullable String lane,
            @Nullable Long epoch) implements Predicate<StreamAccount> {
        @Override
        public boolean test(StreamAccount account) {
            StreamId stream = account.stream();
            return stream.agent().equals(agent)
                    && (site == null || stream.site().equals(site))
                    && (lane == null || stream.lane().equals(lane))
                    && (epoch == null || stream.epoch() == epoch);
        }
    }

    /** What to close of one epoch. */
    private record Plan(Open open, boolean alsoWaiting) {
        List<Interval> intervals() {
            var intervals = new ArrayList<>(open.missing());
            if (alsoWaiting) {
                intervals.addAll(open.waiting());
            }
            intervals.sort((a, b) -> Long.compare(a.first(), b.first()));
            return intervals;
        }
    }

    @POST
    @Operation(summary = "Declares what an agent's epochs still owe as a gap with the reason closed")
    @Parameter(name = "site", in = ParameterIn.QUERY, description = Describe.SITE)
    @Parameter(name = "agent", in = ParameterIn.QUERY, required = true, description = "Exactly this agent")
    @Parameter(name = "lane", in = ParameterIn.QUERY, description = "Exactly this lane")
    @Parameter(
            name = "epoch",
            in = ParameterIn.QUERY,
            description = "Exactly this epoch; then also what an agent that is online says it still holds")
    @Parameter(name = "reason", in = ParameterIn.QUERY, required = true, description = "Why, in your words")
    public Closed close(@Context UriInfo uri) throws InterruptedException {
        var parameters = new Parameters(uri, clock);
        String site = parameters.text("site");
        String agent = parameters.needed("agent", text -> text);
        String lane = parameters.text("lane");
        Long epoch = parameters.read("epoch", CloseResource::epoch);
        String why = parameters.needed("reason", CloseResource::why);
        parameters.check();
        if (agent == null || why == null) {
            throw new IllegalStateException("a needed parameter was not checked");
        }
        var which = new Which(site, agent, lane, epoch);
        operator.awaitVisible();
        List<Plan> plans = plans(which);
        var committed = new ArrayList<CompletableFuture<Long>>();
        for (Plan plan : plans) {
            List<Admitted> entries = entries(plan, why);
            committed.add(operator.hand(plan.intervals().size() * GAP_BYTES, (_, _) -> entries));
        }
        for (CompletableFuture<Long> position : committed) {
            operator.await(position);
        }
        operator.awaitVisible();
        long left = store.ledger().streams(which).stream()
                .mapToLong(account -> account.missing() + account.waiting())
                .sum();
        List<Epoch> closed =
                plans.stream().map(p -> Epoch.of(p.open, p.alsoWaiting)).toList();
        LOG.infof("Epochs were closed: agent=%s epochs=%d left=%d reason=%s", agent, closed.size(), left, why);
        return new Closed(closed, left);
    }

    private static Long epoch(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'%s' expected a whole number, as the audit shows it".formatted(text), e);
        }
    }

    private static String why(String text) {
        if (text.isBlank() || text.length() > Closing.WHY_CHARS_MAX) {
            throw new IllegalArgumentException("is %d characters long, expected 1 to %d, not only blanks"
                    .formatted(text.length(), Closing.WHY_CHARS_MAX));
        }
        return text;
    }

    private List<Plan> plans(Which which) {
        List<Open> matching = store.ledger().open(which);
        if (matching.isEmpty()) {
            throw new ProblemException(
                    404,
                    "nothing matches",
                    "No epoch of agent %s matches; ./millrace audit shows the epochs there are."
                            .formatted(which.agent));
        }
        List<Plan> plans = matching.stream()
                .map(open -> new Plan(open, which.epoch != null || !isOnline(open.account().stream())))
                .filter(plan -> !plan.intervals().isEmpty())
                .toList();
        if (plans.isEmpty()) {
            long held =
                    matching.stream().mapToLong(open -> count(open.waiting())).sum();
            throw new ProblemException(
                    422,
                    "nothing to close",
                    held == 0
                            ? "All that agent %s produced is explained already.".formatted(which.agent)
                            : ("Agent %s is online and says it still holds %d readings, so they may come. To give them"
                                            + " up all the same, name the epoch.")
                                    .formatted(which.agent, held));
        }
        return plans;
    }

    private boolean isOnline(StreamId stream) {
        return store.ledger().agents().stream()
                .filter(a -> a.site().equals(stream.site()) && a.agent().equals(stream.agent()))
                .anyMatch(AgentState::online);
    }

    private List<Admitted> entries(Plan plan, String why) throws InterruptedException {
        StreamId stream = plan.open.account().stream();
        List<Interval> intervals = plan.intervals();
        Hidden times = hidden(
                plan.open.account(),
                intervals.getFirst().first(),
                intervals.getLast().last());
        List<Gap> gaps = intervals.stream()
                .map(i -> new Gap(stream, i, Gap.Reason.CLOSED, times.fromMicros, times.toMicros))
                .toList();
        var entries = new ArrayList<Admitted>();
        for (int i = 0; i < gaps.size(); i += Closing.GAPS_MAX) {
            List<Gap> part = gaps.subList(i, Math.min(gaps.size(), i + Closing.GAPS_MAX));
            entries.add(new Admitted.Log(new Closing(stream, part, why).logged(), null, null, List.of()));
        }
        return entries;
    }

    private record Hidden(long fromMicros, long toMicros) {}

    /** From the last reading before the first sequence to the first one after the last, or else now. */
    private Hidden hidden(StreamAccount account, long first, long last) throws InterruptedException {
        long now = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        boolean nothingStored = account.toMicros() < account.fromMicros();
        long from = nothingStored ? now : account.fromMicros();
        from = time(account.stream(), "max(ts)", "seq < ?", first, from);
        long to = time(account.stream(), "min(ts)", "seq > ?", last, now);
        return new Hidden(Math.min(from, to), Math.max(from, to));
    }

    private long time(StreamId stream, String what, String condition, long sequence, long otherwise)
            throws InterruptedException {
        SqlFilter filter = new SqlFilter()
                .and("site = ?", stream.site())
                .and("agent = ?", stream.agent())
                .and("lane = ?", stream.lane())
                .and("epoch = ?", stream.epoch())
                .and(condition, sequence);
        long[] micros = {Long.MIN_VALUE};
        store.sql()
                .query(
                        "SELECT " + what + " FROM events " + filter.where(),
                        filter.binds(),
                        1,
                        row -> micros[0] = row.micros(0));
        return micros[0] == Long.MIN_VALUE ? otherwise : micros[0];
    }

    private static long count(List<Interval> intervals) {
        return intervals.stream().mapToLong(Interval::count).sum();
    }
}
