package io.millrace.simulator.scenario;

import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** A CSV file of numbers as metrics: a column each, a row a reading, played over and over. */
final class Recording {
    private static final int ROWS_MAX = 1_000_000;
    private static final int COLUMNS_MAX = 256;

    private Recording() {}

    /**
     * @param skip columns to leave out; the first one holds times and is left out always
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is none of numbers
     */
    static List<Metric> read(Path file, char delimiter, List<String> skip) throws IOException {
        Pattern separator = Pattern.compile(Pattern.quote(String.valueOf(delimiter)));
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String header = lines.readLine();
            if (header == null) {
                throw new IllegalArgumentException("%s is empty".formatted(file));
            }
            String[] names = separator.split(header, -1);
            if (names.length < 2 || names.length > COLUMNS_MAX) {
                throw new IllegalArgumentException("%s has %d columns, expected 2 to %d; is the delimiter right?"
                        .formatted(file, names.length, COLUMNS_MAX));
            }
            List<double[]> rows = rows(file, lines, separator, names);
            return metrics(names, rows, skip);
        }
    }

    private static List<double[]> rows(Path file, BufferedReader lines, Pattern separator, String[] names)
            throws IOException {
        List<double[]> rows = new ArrayList<>();
        for (String line = lines.readLine(); line != null && rows.size() < ROWS_MAX; line = lines.readLine()) {
            String[] fields = separator.split(line, -1);
            if (fields.length != names.length) {
                throw new IllegalArgumentException("%s, line %d has %d columns, expected %d"
                        .formatted(file, rows.size() + 2, fields.length, names.length));
            }
            double[] row = new double[names.length];
            for (int i = 1; i < fields.length; i++) {
                row[i] = number(file, rows.size() + 2, fields[i]);
            }
            rows.add(row);
        }
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("%s has no rows".formatted(file));
        }
        return rows;
    }

    private static double number(Path file, int line, String field) {
        try {
            double number = Double.parseDouble(field);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new IllegalArgumentException("%s, line %d holds '%s', expected a number".formatted(file, line, field));
    }

    private static List<Metric> metrics(String[] names, List<double[]> rows, List<String> skip) {
        List<Metric> metrics = new ArrayList<>();
        for (int i = 1; i < names.length; i++) {
            int column = i;
            if (!skip.contains(names[i])) {
                double[] values = rows.stream().mapToDouble(row -> row[column]).toArray();
                metrics.add(new Metric(names[i], "", new Signal.Played(values)));
            }
        }
        if (metrics.isEmpty()) {
            throw new IllegalArgumentException("all of %s is skipped".formatted(Arrays.toString(names)));
        }
        return metrics;
    }
}
