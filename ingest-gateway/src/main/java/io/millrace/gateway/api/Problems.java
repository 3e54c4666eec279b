package io.millrace.gateway.api;

import io.millrace.store.sql.SqlFailedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns every failure of a request into a problem document. */
final class Problems {
    private static final Logger LOG = Logger.getLogger(Problems.class);

    @ServerExceptionMapper
    Response problem(ProblemException e) {
        return response(e.problem());
    }

    /** The framework's own: no such path, wrong method, nothing acceptable. */
    @ServerExceptionMapper
    Response framework(WebApplicationException e) {
        Response.StatusType status = e.getResponse().getStatusInfo();
        String title = status.getReasonPhrase().toLowerCase(Locale.ROOT);
        return response(
                Problem.of(status.getStatusCode(), title, "%s; see /q/openapi for what there is".formatted(title)));
    }

    @ServerExceptionMapper
    Response storeFailed(SqlFailedException e) {
        LOG.errorf(e, "A query of the HTTP interface failed");
        return response(Problem.of(
                503, "store cannot answer", "The store could not run the query; try again, see the gateway's log."));
    }

    @ServerExceptionMapper
    Response interrupted(InterruptedException e) {
        return response(Problem.of(503, "stopping", "The gateway stops; try again when it is back."));
    }

    @ServerExceptionMapper
    Response unexpected(RuntimeException e) {
        LOG.errorf(e, "A request failed for a reason that nobody thought of");
        return response(Problem.of(500, "internal error", "The gateway made a mistake; its log has the details."));
    }

    private static Response response(Problem problem) {
        return Response.status(problem.status())
                .type(Problem.MEDIA_TYPE)
                .entity(problem)
                .build();
    }
}
