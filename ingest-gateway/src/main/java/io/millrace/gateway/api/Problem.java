package io.millrace.gateway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What went wrong, as {@code application/problem+json} (RFC 9457).
 *
 * @param title the kind of problem, the same each time
 * @param detail this one, and what to do about it
 * @param mistakes every wrong parameter, if that is what is wrong
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(String title, int status, String detail, List<Mistake> mistakes) {
    public static final String MEDIA_TYPE = "application/problem+json";

    /**
     * @param parameter its name
     * @param detail what it is, and what was expected
     */
    public record Mistake(String parameter, String detail) {}

    static Problem of(int status, String title, String detail) {
        return new Problem(title, status, detail, List.of());
    }
}
