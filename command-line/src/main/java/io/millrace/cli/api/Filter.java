package io.millrace.cli.api;

import io.millrace.cli.CommandException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What to ask for: the query part of a request, without the criteria that were not given. */
public record Filter(List<String> criteria) {
    public Filter {
        criteria = List.copyOf(criteria);
    }

    public static Filter of(String key1, @Nullable String value1, String key2, @Nullable String value2) {
        List<String> criteria = new ArrayList<>();
        add(criteria, key1, value1);
        add(criteria, key2, value2);
        return new Filter(criteria);
    }

    /** @throws CommandException if the range is empty: {@code from} is inclusive, {@code to} exclusive */
    public Filter between(@Nullable Instant from, @Nullable Instant to) throws CommandException {
        if (from != null && to != null && !from.isBefore(to)) {
            throw CommandException.wrongUsage(
                    "--from is %s and --to is %s, expected --from before --to".formatted(from, to));
        }
        List<String> more = new ArrayList<>(criteria);
        add(more, "from", from == null ? null : from.toString());
        add(more, "to", to == null ? null : to.toString());
        return new Filter(more);
    }

    private static void add(List<String> criteria, String key, @Nullable String value) {
        if (value != null) {
            criteria.add(key + "=" + encoded(value));
        }
    }

    /** The same with one criterion more, unless its value is null. */
    public Filter and(String key, @Nullable String value) {
        List<String> more = new ArrayList<>(criteria);
        add(more, key, value);
        return new Filter(more);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** {@code ?a=b&c=d}, or nothing. */
    String query() {
        return criteria.isEmpty() ? "" : "?" + String.join("&", criteria);
    }
}
