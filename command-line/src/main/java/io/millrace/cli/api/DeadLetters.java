package io.millrace.cli.api;

import io.millrace.cli.CommandException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What could not be used: lists it, shows it, and has it driven again. */
public final class DeadLetters {
    /** Longer payloads are cut on the screen; {@code --json} has all of it. */
    private static final int SHOWN_BYTES_MAX = 64 * 1024;

    private static final int HEX_BYTES = 16;

    private final GatewayClient gateway;
    private final PrintStream out;
    private final boolean json;

    /**
     * @param out gets the answer
     * @param json as the gateway gave it, one object
     */
    public DeadLetters(GatewayClient gateway, PrintStream out, boolean json) {
        this.gateway = gateway;
        this.out = out;
        this.json = json;
    }

    /** Prints the letters that match, the latest first. */
    public void list(Filter filter) throws CommandException, InterruptedException {
        String text = gateway.get("dead-letters" + filter.query());
        if (json) {
            out.println(text.strip());
            return;
        }
        var answer = Answer.of(text);
        for (Map<?, ?> letter : answer.maps("dead_letters")) {
            String outcome = letter.get("outcome") == null ? "" : ", driven again: " + letter.get("outcome");
            out.printf(
                    "%s  %s  %s/%s  %s: %s%s%n",
                    letter.get("id"),
                    letter.get("ts"),
                    letter.get("site"),
                    letter.get("agent"),
                    letter.get("reason"),
                    letter.get("detail"),
                    outcome);
        }
        if (answer.maps("dead_letters").isEmpty()) {
            out.println("no dead letter matches");
        }
        if (answer.text("next") != null) {
            out.println("and more: raise --limit or narrow --from and --to");
        }
    }

    /** Prints one letter and its bytes. */
    public void show(String id) throws CommandException, InterruptedException {
        String text = gateway.get("dead-letters/" + Filter.encoded(id));
        if (json) {
            out.println(text.strip());
            return;
        }
        var answer = Answer.of(text);
        for (String field : new String[] {
            "id", "ts", "site", "agent", "lane", "epoch", "seq", "topic", "reason", "detail", "redriven", "outcome"
        }) {
            String value = answer.text(field);
            if (value != null) {
                out.printf("%-9s %s%n", field, value);
            }
        }
        String base64 = answer.text("payload");
        payload(Base64.getDecoder().decode(base64 == null ? "" : base64));
    }

    private void payload(byte[] bytes) {
        int shown = Math.min(bytes.length, SHOWN_BYTES_MAX);
        String rest = shown < bytes.length ? ", the first %d are shown, --json has all".formatted(shown) : "";
        String text = text(bytes, shown);
        out.printf("%-9s %d bytes%s%s%n%n", "payload", bytes.length, text == null ? ", in hexadecimal" : "", rest);
        out.print(text == null ? hex(bytes, shown) : text + "\n");
    }

    /** The bytes as text, or null if they are none that a screen can show. */
    private static @Nullable String text(byte[] bytes, int length) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
            return text.chars().anyMatch(c -> Character.isISOControl(c) && !Character.isWhitespace(c)) ? null : text;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Lines of 16 bytes: place, bytes, and the characters that they would be. */
    private static String hex(byte[] bytes, int length) {
        var text = new StringBuilder();
        for (int line = 0; line < length; line += HEX_BYTES) {
            var hex = new StringBuilder();
            var characters = new StringBuilder();
            for (int i = line; i < Math.min(line + HEX_BYTES, length); i++) {
                hex.append(String.format(Locale.ROOT, "%02x ", bytes[i]));
                characters.append(bytes[i] >= ' ' && bytes[i] < 0x7f ? (char) bytes[i] : '.');
            }
            text.append(String.format(Locale.ROOT, "%08x  %-48s %s%n", line, hex, characters));
        }
        return text.toString();
    }

    /**
     * Drives one letter again.
     *
     * @return whether it is no dead letter any more
     */
    public boolean redrive(String id) throws CommandException, InterruptedException {
        String text = gateway.post("dead-letters/" + Filter.encoded(id) + "/redrive");
        return told(text, Answer.of(text));
    }

    /**
     * Drives all letters again that match, page by page.
     *
     * @return whether none of them is a dead letter any more
     * @throws CommandException if none matches
     */
    public boolean redriveAll(Filter filter) throws CommandException, InterruptedException {
        long redriven = 0;
        long stored = 0;
        String next = null;
        do {
            Filter page = next == null ? filter : filter.and("cursor", next);
            var answer = Answer.of(gateway.post("dead-letters/redrive" + page.query()));
            if (!json) {
                letters(answer);
            }
            redriven += answer.number("redriven");
            stored += answer.number("stored");
            next = answer.text("next");
        } while (next != null);
        if (redriven == 0) {
            throw CommandException.wrongUsage(
                    "no dead letter matches; ./millrace dead-letters list shows what there is");
        }
        out.println(
                json
                        ? "{\"ok\": %s, \"redriven\": %d, \"stored\": %d}"
                                .formatted(stored == redriven, redriven, stored)
                        : "%d driven again, %d of them stored, %d still dead letters"
                                .formatted(redriven, stored, redriven - stored));
        return stored == redriven;
    }

    private boolean told(String text, Answer answer) {
        if (json) {
            out.println(text.strip());
        } else {
            letters(answer);
        }
        return answer.number("stored") == answer.number("redriven");
    }

    private void letters(Answer answer) {
        for (Map<?, ?> letter : answer.maps("letters")) {
            String why = "stored".equals(letter.get("outcome"))
                    ? ""
                    : ": %s, %s".formatted(letter.get("reason"), letter.get("detail"));
            out.printf("%s  %s%s%n", letter.get("id"), letter.get("outcome"), why);
        }
    }
}
