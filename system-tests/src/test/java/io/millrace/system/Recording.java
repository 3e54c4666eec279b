package io.millrace.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A pump's readings as CSV: a real recording where there is one, else made of noise with the same shape. What should be
 * in the store is read from the file by a way of its own, without any code of the product.
 */
record Recording(Path file) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final List<String> LABELS = List.of("anomaly", "changepoint");
    private static final long SEED = 20_200_309;

    /** The recording of that name from {@code MILLRACE_DATA} or the folder beside the repository; null if there is none. */
    static @Nullable Recording real(String name) {
        String folder = System.getenv("MILLRACE_DATA");
        Path data = folder == null ? Modules.HOME.resolve("../shared/data") : Path.of(folder);
        Path file = data.resolve("skab").resolve(name).normalize();
        return Files.exists(file) ? new Recording(file) : null;
    }

    /** Noise around a level that sinks for a while, one line a second with some missing, as the real ones. */
    static Recording made(Path file, int lines) throws IOException {
        var random = new SplittableRandom(SEED);
        var text = new StringBuilder("datetime;Pressure;Temperature;Volume Flow RateRMS;anomaly;changepoint\n");
        LocalDateTime time = LocalDateTime.parse("2020-03-09 10:14:33", TIME);
        for (int i = 0; i < lines; i++) {
            boolean faulty = i > lines / 2 && i < lines * 3 / 4;
            text.append("%s;%s;%.4f;%.3f;%d.0;0.0\n"
                    .formatted(
                            TIME.format(time),
                            random.nextInt(10) == 0 ? "-0.273216" : "0.054711",
                            79 + random.nextDouble(),
                            (faulty ? 31 : 32.5) + random.nextDouble() / 10,
                            faulty ? 1 : 0));
            time = time.plusSeconds(random.nextInt(20) == 0 ? 2 : 1);
        }
        Files.writeString(file, text);
        return new Recording(file);
    }

    /** {@code "time metric"} to value, of every reading in the file. */
    Map<String, Double> readings() throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> header = List.of(lines.getFirst().split(";", -1));
        Map<String, Double> readings = new TreeMap<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(";", -1);
            for (int i = 1; i < cells.length; i++) {
                if (!LABELS.contains(header.get(i))) {
                    readings.put(cells[0] + " " + header.get(i), Double.valueOf(cells[i]));
                }
            }
        }
        return readings;
    }

    /** The same out of the store. */
    static Map<String, Double> stored(Sql sql, String agent) throws Exception {
        Map<String, Double> readings = new TreeMap<>();
        var seen = new ArrayList<String>();
        for (List<String> row :
                sql.rows("SELECT ts, metric, value FROM events WHERE agent = '%s' ORDER BY ts".formatted(agent))) {
            String key = row.get(0).substring(0, 19).replace('T', ' ') + " " + row.get(1);
            seen.add(key);
            readings.put(key, Double.valueOf(row.get(2)));
        }
        if (seen.size() != readings.size()) {
            throw new AssertionError("%d rows in events for %d readings: something is stored twice"
                    .formatted(seen.size(), readings.size()));
        }
        return readings;
    }
}
