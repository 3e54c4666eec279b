package io.millrace.gateway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.store.Store;
import io.millrace.store.derive.Derivation;
import io.millrace.store.derive.RebuildTarget;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Derives a read model again from the log, while what comes in goes on. */
@Path("/api/v1/rebuild")
@Singleton
@Tag(name = "rebuild")
public final class RebuildResource {
    private final Store store;
    private @Nullable Run run;

    RebuildResource(Store store) {
        this.store = store;
    }

    private record Run(RebuildTarget target, CompletableFuture<Long> end) {}

    /**
     * The last rebuild of this process.
     *
     * @param what events, ledger or windows; null if there was none
     * @param position derived again up to here
     * @param head where it ends
     * @param state running, done, failed or none
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Progress(
            @Nullable String what,
            long position,
            long head,
            String state,
            @Nullable String error) {}

    @POST
    @Path("{what}")
    @Operation(summary = "Begins a rebuild of events, ledger or windows")
    public synchronized Progress begin(@PathParam("what") String what) {
        RebuildTarget target = target(what);
        if (run != null && !run.end.isDone()) {
            throw new ProblemException(
                    409, "already running", "%s is being rebuilt; wait for its end.".formatted(label(run.target)));
        }
        run = new Run(target, store.derivation().rebuild(target));
        return progress();
    }

    @GET
    @Operation(summary = "How far the last rebuild is")
    public synchronized Progress progress() {
        Derivation.Progress derivation = store.derivation().progress();
        if (run == null) {
            return new Progress(null, derivation.position(), derivation.head(), "none", null);
        }
        String what = label(run.target);
        return switch (run.end.state()) {
            case SUCCESS -> new Progress(what, run.end.resultNow(), run.end.resultNow(), "done", null);
            case RUNNING -> running(what, derivation.rebuild(), derivation.head());
            case FAILED -> new Progress(what, derivation.position(), derivation.head(), "failed", reason(run.end));
            case CANCELLED -> new Progress(what, derivation.position(), derivation.head(), "failed", "cancelled");
        };
    }

    /** Not begun yet if nothing is known of it. */
    private static Progress running(String what, Optional<Derivation.Rebuild> rebuild, long head) {
        return rebuild.map(r -> new Progress(what, r.position(), r.until(), "running", null))
                .orElse(new Progress(what, 0, head, "running", null));
    }

    private static String reason(CompletableFuture<Long> end) {
        Throwable failure = end.exceptionNow();
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    private static RebuildTarget target(String what) {
        for (RebuildTarget target : RebuildTarget.values()) {
            if (label(target).equals(what)) {
                return target;
            }
        }
        throw new ProblemException(
                404,
                "nothing to rebuild",
                "'%s' cannot be rebuilt, expected events, ledger or windows".formatted(what));
    }

    private static String label(RebuildTarget target) {
        return target.name().toLowerCase(Locale.ROOT);
    }
}
