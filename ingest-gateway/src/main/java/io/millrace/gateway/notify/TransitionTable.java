package io.millrace.gateway.notify;

import io.millrace.store.Store;
import io.millrace.store.derive.Derivation;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.TransitionRow.Transition;
import io.millrace.store.sql.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads back what happened to alerts, where the derivation did not tell it in this life of the process. */
final class TransitionTable {
    private static final String TABLE = "alert_transitions";

    /** Shelvings of any time, since they outlive their alerts. */
    private static final String AFTER = """
            SELECT ts, position, id, rule, site, agent, device, metric, transition, severity, value, threshold, text,
            retroactive, until
            FROM alert_transitions
            WHERE position <= $2 AND (position > $1 OR transition IN ('shelved', 'unshelved'))
            """;

    /** One log entry may raise an alert and clear it. */
    private static final Comparator<TransitionRow> LOG_ORDER =
            Comparator.comparingLong(TransitionRow::position).thenComparing(TransitionRow::transition);

    private final Store store;

    /**
     * @param until the last position whose transitions are all there
     */
    record Found(List<TransitionRow> rows, long until) {}

    TransitionTable(Store store) {
        this.store = store;
    }

    /**
     * Everything behind a position in the order of the log, and all shelvings before it.
     *
     * @param until that position at least
     * @return nothing if the table does not hold all of it yet
     */
    Optional<Found> after(long position, long until) throws InterruptedException {
        long decided = store.derivation().progress().decidedPosition();
        if (decided < until || !isWhole()) {
            return Optional.empty();
        }
        var rows = new ArrayList<TransitionRow>();
        store.sql().query(AFTER, List.of(position, decided), Long.MAX_VALUE, row -> rows.add(of(row)));
        rows.sort(LOG_ORDER);
        return isWhole() ? Optional.of(new Found(rows, decided)) : Optional.empty();
    }

    /** Whether what is committed can be read, and nothing is being derived again but in a shadow. */
    boolean isWhole() {
        Derivation.Progress progress = store.derivation().progress();
        return progress.rebuild().filter(rebuild -> !rebuild.isShadow()).isEmpty()
                && progress.failure().isEmpty()
                && store.health().stream()
                        .filter(table -> table.table().equals(TABLE))
                        .allMatch(table -> table.transactionsBehind() == 0);
    }

    private static TransitionRow of(Row row) {
        long until = row.micros(14);
        return new TransitionRow(
                row.micros(0),
                row.integer(1),
                row.textOrEmpty(2),
                row.textOrEmpty(3),
                row.textOrEmpty(4),
                row.textOrEmpty(5),
                row.textOrEmpty(6),
                row.textOrEmpty(7),
                Transition.valueOf(row.textOrEmpty(8).toUpperCase(Locale.ROOT)),
                row.textOrEmpty(9),
                row.number(10),
                row.number(11),
                row.textOrEmpty(12),
                row.bool(13),
                null,
                null,
                until == Long.MIN_VALUE ? null : until);
    }
}
