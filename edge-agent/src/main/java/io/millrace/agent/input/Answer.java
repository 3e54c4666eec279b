package io.millrace.agent.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What a request to the http input is answered with: a status, and a problem (RFC 9457) unless all is well. */
@SuppressWarnings("ArrayRecordComponent") // written once, compared by nobody
record Answer(int status, byte[] body) {
    static final Answer ACCEPTED = new Answer(204, new byte[0]);

    private static final JsonFactory JSON = new JsonFactory();

    static Answer of(int status, String detail) {
        return new Answer(status, problem(status, detail, _ -> {}));
    }

    static Answer busy(String detail, int accepted) {
        return new Answer(503, problem(503, detail, json -> json.writeNumberField("accepted", accepted)));
    }

    /**
     * @param item what the refusals count: {@code index} or {@code line}
     */
    static Answer refused(Submission submission, String item) {
        String detail = "%d of %d were refused; the others are stored and must not be sent again"
                .formatted(submission.refused(), submission.events() + submission.refused());
        return new Answer(422, problem(422, detail, json -> {
            json.writeNumberField("accepted", submission.events());
            json.writeNumberField("refused", submission.refused());
            json.writeArrayFieldStart("refusals");
            for (Submission.Refusal refusal : submission.refusals()) {
                json.writeStartObject();
                json.writeNumberField(item, refusal.item());
                json.writeStringField("reason", refusal.reason());
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
    }

    private interface Fields {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private static byte[] problem(int status, String detail, Fields more) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("type", "about:blank");
            json.writeNumberField("status", status);
            json.writeStringField("title", title(status));
            json.writeStringField("detail", detail);
            more.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return bytes.toByteArray();
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Not readable";
            case 403 -> "Not from here";
            case 404 -> "No such path";
            case 405 -> "Method not allowed";
            case 413 -> "Too large";
            case 415 -> "Encoding not supported";
            case 422 -> "Some items are no events";
            case 503 -> "No room at present";
            case 507 -> "Spool is full";
            default -> "Error";
        };
    }
}
