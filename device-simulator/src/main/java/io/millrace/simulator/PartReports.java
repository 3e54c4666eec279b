package io.millrace.simulator;

import io.millrace.model.FileTrouble;
import io.millrace.simulator.report.PartReader;
import io.millrace.simulator.run.Merged;
import io.millrace.simulator.run.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code ./millrace simulate --merge}: one outcome of the reports of parts. */
final class PartReports {
    private PartReports() {}

    /**
     * Reads and merges.
     *
     * @param mistakes gets a sentence for each
     * @return null if there are mistakes
     */
    static @Nullable Outcome merged(List<Path> files, List<String> mistakes) {
        Map<String, Outcome> parts = new LinkedHashMap<>();
        for (Path file : files) {
            try {
                if (parts.put(file.toString(), PartReader.read(file)) != null) {
                    mistakes.add("%s: given twice, expected each report once".formatted(file));
                }
            } catch (IOException e) {
                mistakes.add("%s: cannot be merged: %s".formatted(file, FileTrouble.of(e)));
            }
        }
        if (mistakes.isEmpty()) {
            mistakes.addAll(Merged.mistakes(parts));
        }
        return mistakes.isEmpty() ? Merged.of(List.copyOf(parts.values())) : null;
    }
}
