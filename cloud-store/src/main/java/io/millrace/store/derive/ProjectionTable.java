package io.millrace.store.derive;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What projections conclude, a table each. */
public enum ProjectionTable {
    WINDOWS(1),
    ALERT_TRANSITIONS(2);

    private final int bit;

    ProjectionTable(int bit) {
        this.bit = bit;
    }

    /** The table's name. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** One bit each, as a checkpoint has them. */
    static int bits(Set<ProjectionTable> tables) {
        return tables.stream().mapToInt(table -> table.bit).sum();
    }

    static Set<ProjectionTable> ofBits(int bits) {
        var tables = EnumSet.allOf(ProjectionTable.class);
        tables.removeIf(table -> (bits & table.bit) == 0);
        return tables;
    }
}
