package io.millrace.gateway.api;

import io.millrace.gateway.project.EngineProjection;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.nio.charset.StandardCharsets;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The operator's rules as they are in force, which a file that was edited since may not be. */
@Path("/api/v1/rules")
@Tag(name = "rules")
public final class RulesResource {
    private static final String NO_RULES = "rules: []\n";

    private final EngineProjection projection;

    RulesResource(EngineProjection projection) {
        this.projection = projection;
    }

    @GET
    @Produces("application/yaml")
    @Operation(summary = "The text of the rules that alerts go by; an empty list if there are none")
    public String rules() {
        byte[] text = projection.rulesText();
        return text.length == 0 ? NO_RULES : new String(text, StandardCharsets.UTF_8);
    }
}
