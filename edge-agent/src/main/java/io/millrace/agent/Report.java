package io.millrace.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.agent.input.InputEnd;
import io.millrace.model.yaml.Mistake;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Tells a command's outcome to its user, or to a program with {@code --json}, and gives the exit code. */
record Report(PrintStream out, PrintStream err, boolean asJson) {
    private interface Fields {
        void writeTo(JsonGenerator json) throws IOException;
    }

    int checked(Path config) {
        if (asJson) {
            print(json -> json.writeBooleanField("ok", true));
        } else {
            out.println(config + " is fine");
        }
        return 0;
    }

    int wrong(List<Mistake> mistakes) {
        mistakes.forEach(err::println);
        if (asJson) {
            print(json -> {
                json.writeBooleanField("ok", false);
                json.writeArrayFieldStart("mistakes");
                for (Mistake mistake : mistakes) {
                    json.writeStartObject();
                    json.writeStringField("file", mistake.file());
                    json.writeNumberField("line", mistake.line());
                    json.writeNumberField("column", mistake.column());
                    json.writeStringField("what", mistake.what());
                    json.writeEndObject();
                }
                json.writeEndArray();
            });
        }
        return 2;
    }

    /**
     * @param inputs how many there are; one that has no end among {@code ends} failed by a fault of ours
     */
    int ended(Map<String, InputEnd> ends, int inputs) {
        int code = ends.size() < inputs ? 1 : 0;
        for (InputEnd end : ends.values()) {
            code = Math.max(
                    code,
                    switch (end) {
                        case InputEnd.Finished _ -> 0;
                        case InputEnd.Unfit _ -> 2;
                        case InputEnd.Unreachable _ -> 3;
                    });
        }
        if (asJson) {
            boolean ok = code == 0;
            print(json -> {
                json.writeBooleanField("ok", ok);
                json.writeObjectFieldStart("inputs");
                for (Map.Entry<String, InputEnd> end : ends.entrySet()) {
                    json.writeObjectFieldStart(end.getKey());
                    write(end.getValue(), json);
                    json.writeEndObject();
                }
                json.writeEndObject();
            });
        }
        return code;
    }

    private static void write(InputEnd end, JsonGenerator json) throws IOException {
        switch (end) {
            case InputEnd.Finished(long events, long refused) -> {
                json.writeNumberField("events", events);
                json.writeNumberField("refused_rows", refused);
            }
            case InputEnd.Unfit(String reason) -> json.writeStringField("failed", reason);
            case InputEnd.Unreachable(String reason) -> json.writeStringField("failed", reason);
        }
    }

    private void print(Fields fields) {
        var text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        out.println(text);
    }
}
