package io.millrace.store.questdb;

import io.questdb.cairo.CairoException;
import io.questdb.griffin.SqlException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The numbered steps that bring the tables of any older data folder to this version; each may be run again. */
public final class Migrations {
    private static final List<String> STEPS = List.of(
            "0001-tables.sql",
            "0002-redrive.sql",
            "0003-closing.sql",
            "0004-aggregates.sql",
            "0005-commands.sql",
            "0006-gap-share.sql");

    /** The version of the tables that this software reads and writes. */
    public static final int VERSION = STEPS.size();

    private Migrations() {}

    /**
     * Takes one step.
     *
     * @param to the version that the tables have afterwards, 1 to {@link #VERSION}
     * @throws IOException if QuestDB refuses a statement, or the disk is full
     */
    public static void step(QuestDbServer server, int to) throws IOException {
        String name = STEPS.get(to - 1);
        for (String statement : statements(name)) {
            try {
                server.engine().execute(statement);
            } catch (SqlException | CairoException e) {
                throw new IOException(
                        ("migration %s failed at '%s': %s. It goes on there at the next start; if the disk is full, make room"
                                        + " first: the tables take about 1 GB from the beginning")
                                .formatted(name, statement, e.getMessage()),
                        e);
            }
        }
    }

    private static List<String> statements(String name) throws IOException {
        try (InputStream in = Migrations.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("migration %s is not in this jar: it was built wrongly".formatted(name));
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^--.*$", "");
            return List.of(text.split(";")).stream()
                    .map(String::strip)
                    .filter(s -> !s.isEmpty())
                    .toList();
        }
    }
}
