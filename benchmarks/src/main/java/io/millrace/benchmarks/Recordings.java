package io.millrace.benchmarks;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Recordings to measure with: the CSV files of SKAB (Katser and Kozitsin, "Skoltech Anomaly Benchmark", 2020), a pump
 * with eight sensors read once a second, or synthetic data like it.
 */
final class Recordings {
    static final long SYNTHETIC_SEED = 7;

    private static final String DEVICE = "pump-1";
    private static final List<String> LABELS = List.of("anomaly", "changepoint");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final int SYNTHETIC_LINES = 5000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final List<EventBatch> batches = new ArrayList<>();
    private final int eventsPerBatch;
    private EventBatch.Builder batch = EventBatch.builder();

    private Recordings(int eventsPerBatch) {
        this.eventsPerBatch = eventsPerBatch;
    }

    /**
     * The files {@code skab/*.csv} of a folder in the order of their names, synthetic data if there is no folder.
     *
     * @throws InputException if there is no such file, or a line cannot be read
     */
    static List<Recording> load(@Nullable Path data, int eventsPerBatch) throws IOException, InputException {
        if (data == null) {
            return List.of(synthetic(eventsPerBatch));
        }
        var files = new ArrayList<Path>();
        Path folder = data.resolve("skab");
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.csv")) {
                found.forEach(files::add);
            }
        }
        if (files.isEmpty()) {
            throw new InputException(
                    "no recordings: %s holds no *.csv; give a folder that holds skab/*.csv, or none for synthetic data"
                            .formatted(folder));
        }
        files.sort(null);
        var recordings = new ArrayList<Recording>();
        for (Path file : files) {
            recordings.add(new Recordings(eventsPerBatch).read(file));
        }
        return recordings;
    }

    private Recording read(Path file) throws IOException, InputException {
        int lineNumber = 1;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String[] columns = columns(lines.readLine());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                lineNumber++;
                addLine(columns, line.split(";", -1));
            }
        } catch (DateTimeException | IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new InputException("%s:%d: %s, expected a line of SKAB".formatted(file, lineNumber, e.getMessage()));
        }
        return recording(String.valueOf(file.getFileName()).replace(".csv", ""));
    }

    private static String[] columns(@Nullable String header) {
        if (header == null) {
            throw new IllegalArgumentException("file is empty");
        }
        return header.split(";", -1);
    }

    private void addLine(String[] columns, String[] cells) {
        long timeMicros = LocalDateTime.parse(cells[0], TIME).toEpochSecond(ZoneOffset.UTC) * MICROS_PER_SECOND;
        for (int c = 1; c < columns.length; c++) {
            if (!LABELS.contains(columns[c])) {
                add(columns[c], timeMicros, Double.parseDouble(cells[c]));
            }
        }
    }

    private void add(String metric, long timeMicros, double number) {
        batch.add(new Event(new Series(DEVICE, metric, ""), timeMicros, new Value.Numeric(number), Quality.GOOD));
        if (batch.size() == eventsPerBatch) {
            cut();
        }
    }

    private void cut() {
        batches.add(batch.build());
        batch = EventBatch.builder();
    }

    private Recording recording(String name) {
        if (batch.size() > 0) {
            cut();
        }
        return new Recording(name, List.copyOf(batches));
    }

    /** Levels with normal noise and six significant digits, as SKAB has them: a little larger on the wire than it. */
    private static Recording synthetic(int eventsPerBatch) {
        var random = new SplittableRandom(SYNTHETIC_SEED);
        List<String> metrics = Arrays.asList(
                "Accelerometer1RMS",
                "Accelerometer2RMS",
                "Current",
                "Pressure",
                "Temperature",
                "Thermocouple",
                "Voltage",
                "Volume Flow RateRMS");
        double[] levels = {0.027, 0.04, 1.3, 0.38, 75, 26, 230, 32};
        double[] noises = {0.0005, 0.0008, 0.25, 0.3, 0.4, 0.02, 11, 0.5};
        double[] steps = {1e-7, 1e-7, 1e-5, 0.327927, 1e-4, 1e-4, 1e-3, 1};
        var recordings = new Recordings(eventsPerBatch);
        for (int line = 0; line < SYNTHETIC_LINES; line++) {
            for (int m = 0; m < levels.length; m++) {
                double value = levels[m] + noises[m] * random.nextGaussian();
                double shown = Math.rint(value / steps[m]) * steps[m];
                recordings.add(metrics.get(m), line * MICROS_PER_SECOND, Double.parseDouble("%.7f".formatted(shown)));
            }
        }
        return recordings.recording("synthetic");
    }
}
