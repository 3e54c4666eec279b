package io.millrace.gateway.api;

import io.millrace.model.Glob;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The WHERE of a query, with what it compares as binds: nothing from outside becomes part of the statement. */
final class SqlFilter {
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> binds = new ArrayList<>();

    /**
     * @param condition with {@code ?} where the value belongs
     * @param value nothing is compared if it is null
     */
    SqlFilter and(String condition, @Nullable Object value) {
        if (value != null) {
            binds.add(value);
            conditions.add(condition.replace("?", "$" + binds.size()));
        }
        return this;
    }

    /** A condition that compares with nothing from outside. */
    SqlFilter and(String condition) {
        conditions.add(condition);
        return this;
    }

    /**
     * @param column a SYMBOL or VARCHAR
     * @param pattern nothing is compared if it is null
     */
    SqlFilter matching(String column, @Nullable Glob pattern) {
        if (pattern == null || pattern.equals(Glob.ANY)) {
            return this;
        }
        String text = pattern.toString();
        return text.chars().noneMatch(c -> c == '*' || c == '?' || c == '[')
                ? and(column + " = ?", text)
                : and(column + " ~ ?", regex(text));
    }

    /** {@code WHERE …}, or nothing. */
    String where() {
        return conditions.isEmpty() ? "" : conditions.stream().collect(Collectors.joining(" AND ", "WHERE ", ""));
    }

    List<Object> binds() {
        return binds;
    }

    /** A checked glob as a regular expression for the whole name. */
    static String regex(String glob) {
        var regex = new StringBuilder("^");
        int set = -1; // where the open set begins
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (set >= 0) {
                boolean member = i == set + 1 || (i == set + 2 && glob.charAt(set + 1) == '!');
                if (c == ']' && !member) {
                    regex.append(']');
                    set = -1;
                } else if (c == '!' && i == set + 1) {
                    regex.append('^');
                } else {
                    regex.append("\\[]^&".indexOf(c) < 0 ? "" : "\\").append(c);
                }
            } else if (c == '[') {
                regex.append('[');
                set = i;
            } else {
                switch (c) {
                    case '*' -> regex.append(".*");
                    case '?' -> regex.append('.');
                    default ->
                        regex.append("\\.^$|(){}]".indexOf(c) < 0 ? "" : "\\").append(c);
                }
            }
        }
        return regex.append('$').toString();
    }
}
