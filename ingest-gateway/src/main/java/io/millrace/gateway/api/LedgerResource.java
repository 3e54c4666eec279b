package io.millrace.gateway.api;

import io.millrace.gateway.live.Pipeline;
import io.millrace.model.Gap;
import io.millrace.store.Store;
import io.millrace.store.audit.AuditFilter;
import io.millrace.store.audit.AuditResult;
import io.millrace.store.ledger.StreamAccount;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Where every reading is: as the ledger has it, and counted again in the store. */
@Path("/api/v1")
@Tag(name = "ledger")
public final class LedgerResource {
    private static final int LIMIT = 200;
    private static final int LIMIT_MAX = 10_000;

    /** What needs a look comes first, then what is newest. */
    private static final Comparator<StreamAccount> ORDER = Comparator.comparingLong(StreamAccount::missing)
            .thenComparingLong(StreamAccount::waiting)
            .thenComparingLong(StreamAccount::toMicros)
            .reversed();

    private final Store store;
    private final Clock clock;

    LedgerResource(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * @param position last log entry that is in these books
     * @param lanes those with missing or waiting readings first, then the newest; not all of {@code lanesTotal}
     */
    public record Ledger(Instant asOf, long position, long lanesTotal, List<LaneJson> lanes, Pipeline.Plain plain) {}

    /**
     * One epoch of one lane; {@code produced = stored + dead_lettered + dropped + waiting + missing + retired}.
     *
     * @param epoch a string, since it does not fit a JSON number everywhere
     * @param dropped declared by the agent, by reason
     */
    public record LaneJson(
            String site,
            String agent,
            String lane,
            String epoch,
            long produced,
            long stored,
            long deadLettered,
            Map<String, Long> dropped,
            long waiting,
            long missing,
            long retired) {
        static LaneJson of(StreamAccount a) {
            var dropped = new TreeMap<String, Long>();
            for (Map.Entry<Gap.Reason, Long> e : a.dropped().entrySet()) {
                dropped.put(e.getKey().label(), e.getValue());
            }
            return new LaneJson(
                    a.stream().site(),
                    a.stream().agent(),
                    a.stream().lane(),
                    Long.toString(a.stream().epoch()),
                    a.produced(),
                    a.stored(),
                    a.deadLettered(),
                    dropped,
                    a.waiting(),
                    a.missing(),
                    a.retired());
        }
    }

    @GET
    @Path("ledger")
    @Operation(summary = "What each agent produced, and what became of it")
    @Parameter(name = "site", in = ParameterIn.QUERY, description = Describe.SITE)
    @Parameter(name = "agent", in = ParameterIn.QUERY, description = Describe.AGENT)
    @Parameter(name = "limit", in = ParameterIn.QUERY, description = "Lanes at most, 1 to 10000, default 200")
    public Ledger ledger(@Context UriInfo uri) {
        var parameters = new Parameters(uri, clock);
        String site = parameters.text("site");
        String agent = parameters.text("agent");
        int limit = parameters.count("limit", LIMIT, 1, LIMIT_MAX);
        parameters.check();
        List<StreamAccount> accounts = store.ledger()
                .streams(a -> (site == null || site.equals(a.stream().site()))
                        && (agent == null || agent.equals(a.stream().agent())));
        return new Ledger(
                parameters.now(),
                store.ledger().position(),
                accounts.size(),
                accounts.stream().sorted(ORDER).limit(limit).map(LaneJson::of).toList(),
                Pipeline.Plain.of(store.ledger().plain()));
    }

    @GET
    @Path("audit")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "The proof: the ledger against what is counted in the store; may take up to 30 s and more")
    @Parameter(name = "site", in = ParameterIn.QUERY, description = Describe.SITE)
    @Parameter(name = "agent", in = ParameterIn.QUERY, description = Describe.AGENT)
    @Parameter(name = "from", in = ParameterIn.QUERY, description = "Only lanes with events since this time")
    @Parameter(name = "to", in = ParameterIn.QUERY, description = "Only lanes with events before this time")
    public String audit(@Context UriInfo uri) throws InterruptedException {
        var parameters = new Parameters(uri, clock);
        var filter = new AuditFilter(
                parameters.text("site"), parameters.text("agent"), parameters.time("from"), parameters.time("to"));
        parameters.check();
        return switch (store.audit().run(filter)) {
            case AuditResult.Done(var report) -> report.json();
            case AuditResult.NothingMatches() ->
                throw new ProblemException(
                        404, "nothing matches", "No agent and no plain device has sent anything that matches.");
            case AuditResult.NotApplied(var reason) -> throw new ProblemException(503, "not applied yet", reason);
        };
    }
}
