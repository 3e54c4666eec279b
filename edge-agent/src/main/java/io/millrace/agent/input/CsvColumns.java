package io.millrace.agent.input;

import io.millrace.agent.config.InputConfig;
import io.millrace.model.Event;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What each column of a file means, once its header is known. */
final class CsvColumns {
    /** Most columns that become metrics, so that a row fits into one record of the spool. */
    static final int METRICS_MAX = 1_000;

    /** Below it a double holds every whole number. */
    private static final double EXACT_MAX = 1L << 53;

    private static final Value NOT_A_NUMBER = new Value.Numeric(Double.NaN);

    private final int timeColumn;
    private final @Nullable Series[] series;

    private CsvColumns(int timeColumn, @Nullable Series[] series) {
        this.timeColumn = timeColumn;
        this.series = series;
    }

    /**
     * Fits the configuration to a file's header.
     *
     * @throws UnfitException with every mistake, if they do not go together
     */
    static CsvColumns of(InputConfig.Csv config, List<String> header) throws UnfitException {
        var mistakes = new ArrayList<String>();
        List<String> names = header.stream().map(String::strip).toList();
        var seen = new HashSet<String>();
        @Nullable Series[] series = new Series[names.size()];
        for (int i = 0; i < series.length; i++) {
            if (isMetric(config, names.get(i))) {
                series[i] = series(config, names.get(i), mistakes);
                if (!seen.add(names.get(i))) {
                    mistakes.add("column %s occurs twice".formatted(names.get(i)));
                }
            }
        }
        missing(config, names).forEach(name -> mistakes.add("there is no column " + name));
        if (seen.isEmpty() && mistakes.isEmpty()) {
            mistakes.add("no column becomes a metric");
        }
        if (seen.size() > METRICS_MAX) {
            mistakes.add("%d columns become metrics, expected at most %d".formatted(seen.size(), METRICS_MAX));
        }
        if (!mistakes.isEmpty()) {
            throw new UnfitException(
                    "%s: %s; its columns are %s. Correct time, metrics or skip of input %s, or the file's header"
                            .formatted(config.path(), String.join("; ", mistakes), shortened(names), config.name()));
        }
        return new CsvColumns(names.indexOf(config.time().column()), series);
    }

    private static boolean isMetric(InputConfig.Csv config, String column) {
        return !column.equals(config.time().column())
                && !config.skip().contains(column)
                && (config.metrics().containsKey(column) || (config.others() && !column.isEmpty()));
    }

    private static @Nullable Series series(InputConfig.Csv config, String column, List<String> mistakes) {
        InputConfig.Metric metric = config.metrics().getOrDefault(column, InputConfig.Metric.SAME);
        try {
            return new Series(config.device(), metric.metric().isEmpty() ? column : metric.metric(), metric.unit());
        } catch (IllegalArgumentException e) {
            mistakes.add("column %s cannot be a metric's name (%s)".formatted(column, e.getMessage()));
            return null;
        }
    }

    private static Set<String> missing(InputConfig.Csv config, List<String> names) {
        var missing = new HashSet<>(config.metrics().keySet());
        missing.addAll(config.skip());
        missing.add(config.time().column());
        names.forEach(missing::remove);
        return missing;
    }

    private static String shortened(List<String> names) {
        String all = names.toString();
        return all.length() <= 500 ? all : all.substring(0, 500) + "…";
    }

    /** Index of the column with the time. */
    int timeColumn() {
        return timeColumn;
    }

    int size() {
        return series.length;
    }

    /** Adds a row's events, one for each cell that is not empty. */
    void addEvents(List<String> cells, long timeMicros, List<Event> events) {
        for (int i = 0; i < series.length; i++) {
            Series of = series[i];
            String cell = cells.get(i);
            if (of != null && !cell.isBlank()) {
                events.add(new Event(of, timeMicros, value(cell), Quality.GOOD));
            }
        }
    }

    /**
     * Numbers are doubles: a column must not change its type where a reading happens to be whole. Only a whole number
     * that no double holds stays what it is.
     */
    static Value value(String cell) {
        String text = cell.strip();
        if (isDecimal(text)) {
            try {
                double number = Double.parseDouble(text);
                return Math.abs(number) >= EXACT_MAX ? exact(text, number) : new Value.Numeric(number);
            } catch (NumberFormatException e) {
                return new Value.Text(cell);
            }
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> new Value.Bool(true);
            case "false" -> new Value.Bool(false);
            case "nan" -> NOT_A_NUMBER;
            default -> new Value.Text(cell);
        };
    }

    private static Value exact(String text, double number) {
        try {
            long whole = Long.parseLong(text);
            return new BigDecimal(number).compareTo(BigDecimal.valueOf(whole)) == 0
                    ? new Value.Numeric(number)
                    : new Value.Whole(whole);
        } catch (NumberFormatException e) {
            return new Value.Numeric(number); // it has a fraction or an exponent, or is beyond 64 bits
        }
    }

    /** Keeps out what Java alone takes for a number, such as {@code 1d} or {@code 0x1p3}. */
    private static boolean isDecimal(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("0123456789.+-eE".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** The file and its configuration do not go together. */
    static final class UnfitException extends Exception {
        UnfitException(String message) {
            super(message);
        }
    }
}
