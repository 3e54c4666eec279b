package io.millrace.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a benchmark found.
 *
 * @param about what it was measured with: by the key of the JSON object, texts and numbers
 */
record FigureReport(String benchmark, Map<String, Object> about, List<Figure> figures) {
    FigureReport {
        about = new TreeMap<>(about);
    }

    /** Writes a table, or one JSON object. */
    void write(PrintWriter out, boolean asJson) throws IOException {
        if (asJson) {
            writeJson(out);
        } else {
            out.println("%s: %s".formatted(benchmark, about));
            figures.forEach(out::println);
        }
        out.flush();
    }

    private void writeJson(PrintWriter out) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            json.writeStringField("benchmark", benchmark);
            for (Map.Entry<String, Object> entry : about.entrySet()) {
                json.writeFieldName(entry.getKey());
                json.writeObject(entry.getValue());
            }
            for (Figure figure : figures) {
                figure.writeTo(json);
            }
            json.writeEndObject();
        }
        out.println();
    }
}
