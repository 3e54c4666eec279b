package io.millrace.store;

import io.millrace.store.audit.Audit;
import io.millrace.store.audit.StoreAudit;
import io.millrace.store.derive.DefectiveRows;
import io.millrace.store.derive.Derivation;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.derive.LogDerivation;
import io.millrace.store.derive.LogSpan;
import io.millrace.store.derive.PlainDecoder;
import io.millrace.store.derive.Projection;
import io.millrace.store.derive.Refolding;
import io.millrace.store.ledger.LedgerView;
import io.millrace.store.ledger.StreamAccount;
import io.millrace.store.log.EventLog;
import io.millrace.store.questdb.Migrations;
import io.millrace.store.questdb.QuestDbLog;
import io.millrace.store.questdb.QuestDbRows;
import io.millrace.store.questdb.QuestDbServer;
import io.millrace.store.questdb.QuestDbSql;
import io.millrace.store.questdb.QuestDbTables;
import io.millrace.store.questdb.SqlPasswords;
import io.millrace.store.questdb.SuspensionWatch;
import io.millrace.store.sql.Sql;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;

/** The store of one data folder: the log, and everything that is derived from it. */
public final class Store implements AutoCloseable {
    private static final Duration HEAD_WAIT_MAX = Duration.ofMinutes(5);
    private static final int SETTLE_SECONDS = 15;

    private final StoreFolder folder;
    private final QuestDbServer server;
    private final QuestDbTables tables;
    private final QuestDbLog log;
    private final LogDerivation derivation;
    private final QuestDbSql sql;
    private final Audit audit;
    private final SuspensionWatch watch;
    private final PlainDecoder plain;

    private Store(
            StoreFolder folder,
            QuestDbServer server,
            StoreConfig config,
            InstantSource clock,
            LogDerivation.Parts parts) {
        this.folder = folder;
        this.server = server;
        tables = new QuestDbTables(server);
        log = new QuestDbLog(tables, clock, config.durability());
        derivation = new LogDerivation(
                log,
                DefectiveRows.ifAsked(new QuestDbRows(tables)),
                parts,
                folder.checkpoint(),
                folder.id(),
                System::nanoTime);
        sql = new QuestDbSql(server);
        audit = new StoreAudit(log, derivation, tables::awaitApplied, sql);
        watch = new SuspensionWatch(tables);
        plain = parts.plain();
    }

    /**
     * Opens the store, creates it in an empty folder, or migrates an older one. Blocks until what was committed before
     * is visible (seconds, longer after a crash under load) and then derives the rest in the background.
     *
     * @param clock for commit times
     * @param projection restored before this returns; from then on only the derivation's thread calls it
     * @throws StoreOpenException if the folder is in use, was written by newer software, or the store does not come up
     */
    public static Store open(
            StoreConfig config, InstantSource clock, PlainDecoder plain, Projection projection, LiveListener listener)
            throws StoreOpenException, InterruptedException {
        try {
            StoreFolder folder = StoreFolder.open(config.dataFolder());
            try {
                return open(folder, config, clock, new LogDerivation.Parts(plain, projection, listener));
            } catch (StoreOpenException | IOException | InterruptedException | RuntimeException e) {
                folder.close();
                throw e;
            }
        } catch (IOException e) {
            throw new StoreOpenException.Failed(
                    "store in %s cannot be opened: %s".formatted(config.dataFolder(), e.getMessage()), e);
        }
    }

    private static Store open(StoreFolder folder, StoreConfig config, InstantSource clock, LogDerivation.Parts parts)
            throws StoreOpenException, IOException, InterruptedException {
        var passwords = SqlPasswords.load(folder.readerPasswords(), folder.adminPasswords());
        var server = QuestDbServer.start(
                folder.root(), folder.logFolder(), config.sqlPort(), passwords, config.durability());
        try {
            passwords.save(folder.readerPasswords(), folder.adminPasswords(), server.sqlPort());
            for (int version = folder.version() + 1; version <= Migrations.VERSION; version++) {
                Migrations.step(server, version);
                folder.migrated(version);
            }
            var store = new Store(folder, server, config, clock, parts);
            store.start();
            return store;
        } catch (StoreOpenException | IOException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void start() throws StoreOpenException, InterruptedException {
        watch.start();
        if (!log.open(HEAD_WAIT_MAX)) {
            watch.close();
            throw new StoreOpenException.Failed(
                    ("what was committed to the log in %s is not visible after %d min: QuestDB does not apply it."
                                    + " See its log file in %s; a full disk is the usual reason")
                            .formatted(folder.root(), HEAD_WAIT_MAX.toMinutes(), folder.logFolder()),
                    new IllegalStateException("log not applied"));
        }
        derivation.start();
    }

    public EventLog log() {
        return log;
    }

    public Derivation derivation() {
        return derivation;
    }

    /** Always shows the books as they are now, also after a rebuild has replaced them. */
    public LedgerView ledger() {
        return new CurrentLedger(derivation);
    }

    private record CurrentLedger(LogDerivation derivation) implements LedgerView {
        @Override
        public List<StreamAccount> streams(Predicate<StreamAccount> filter) {
            return derivation.ledger().streams(filter);
        }

        @Override
        public List<Open> open(Predicate<StreamAccount> filter) {
            return derivation.ledger().open(filter);
        }

        @Override
        public List<AgentState> agents() {
            return derivation.ledger().agents();
        }

        @Override
        public PlainAccount plain() {
            return derivation.ledger().plain();
        }

        @Override
        public long floorMicros() {
            return derivation.ledger().floorMicros();
        }

        @Override
        public long retiredMicros() {
            return derivation.ledger().retiredMicros();
        }

        @Override
        public long position() {
            return derivation.ledger().position();
        }

        @Override
        public long overLimit() {
            return derivation.ledger().overLimit();
        }
    }

    public Sql sql() {
        return sql;
    }

    /**
     * The stretch of the log that holds every reading and tick of a time, with all that was logged between them and up to
     * {@value #SETTLE_SECONDS} s after: then windows of series that fell silent are closed.
     *
     * @param fromMicros event time, microseconds since 1970, inclusive
     * @param toMicros exclusive
     */
    public LogSpan span(long fromMicros, long toMicros) throws InterruptedException {
        return new LogSpans(sql).find(fromMicros, toMicros, SETTLE_SECONDS);
    }

    /** Folds stretches of the log on the side, on the thread that asks. */
    public Refolding refolding() {
        return new Refolding(log, plain);
    }

    public Audit audit() {
        return audit;
    }

    /** The port that the SQL door listens on. */
    public int sqlPort() {
        return server.sqlPort();
    }

    /** The address that {@code psql} takes as it is: {@code postgresql://millrace@127.0.0.1:8812/qdb?passfile=…}. */
    public String sqlAddress() {
        String file = URLEncoder.encode(folder.readerPasswords().toString(), StandardCharsets.UTF_8)
                .replace("%2F", "/")
                .replace("+", "%20");
        return "postgresql://millrace@127.0.0.1:%d/qdb?passfile=%s".formatted(sqlPort(), file);
    }

    /**
     * Waits until everything that is in the log now is derived and can be read by SQL.
     *
     * @return false if that takes longer
     */
    public boolean awaitVisible(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        return derivation.awaitCommitted(log.head(), timeout)
                && tables.awaitApplied(Duration.ofNanos(deadline - System.nanoTime()));
    }

    /** Drops the partitions of {@code events} that end before that time; false if there is none. */
    boolean dropEvents(long floorMicros) {
        return tables.dropEvents(floorMicros);
    }

    /** One for each table; cheap enough for every scrape. */
    public List<TableHealth> health() {
        return tables.figures().stream()
                .map(t -> new TableHealth(
                        t.table(),
                        t.transactionsBehind(),
                        t.rowsBehind(),
                        t.behindMillis(),
                        t.suspended(),
                        t.rowsCommitted()))
                .toList();
    }

    /** Derives what it can, writes the checkpoint and stops, within about 10 s. Appends fail from here on. */
    @Override
    public void close() {
        log.close();
        sql.close();
        watch.close();
        if (derivation.closed()) {
            tables.close();
            server.close();
            folder.close();
        }
    }
}
