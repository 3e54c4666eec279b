package io.millrace.gateway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What went wrong, as {@code application/problem+json} (RFC 9457).
 *
 * @param title the kind of problem, the same each time
 * @param detail this one, and what to do about it
 * @param mistakes every wrong parameter, if that is what is wrong
 * @param places every mistake in a file that was sent, if that is what is wrong; {@code detail} lists them too
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(String title, int status, String detail, List<Mistake> mistakes, List<Place> places) {
    public static final String MEDIA_TYPE = "application/problem+json";

    Problem(String title, int status, String detail, List<Mistake> mistakes) {
        this(title, status, detail, mistakes, List.of());
    }

    /**
     * @param parameter its name
     * @param detail what it is, and what was expected
     */
    public record Mistake(String parameter, String detail) {}

    /**
     * @param line and {@code column} from 1
     * @param detail what is wrong there, and what was expected
     */
    public record Place(int line, int column, String detail) {}

    static Problem of(int status, String title, String detail) {
        return new Problem(title, status, detail, List.of());
    }
}
