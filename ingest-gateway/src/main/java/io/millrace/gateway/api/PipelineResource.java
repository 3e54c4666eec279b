package io.millrace.gateway.api;

import io.millrace.gateway.live.Pipeline;
import io.millrace.gateway.live.PipelineTruth;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the strip of the page shows. */
@Path("/api/v1/pipeline")
@Tag(name = "pipeline")
public final class PipelineResource {
    private final PipelineTruth truth;

    PipelineResource(PipelineTruth truth) {
        this.truth = truth;
    }

    @GET
    @Operation(summary = "Rate, receipt delay, backlog of each agent, and the ledger's totals")
    public Pipeline pipeline() {
        return truth.now();
    }
}
