package io.millrace.store.questdb;

import io.millrace.model.wire.Durability;
import io.questdb.Bootstrap;
import io.questdb.DynamicPropServerConfiguration;
import io.questdb.FactoryProviderFactoryImpl;
import io.questdb.PropBootstrapConfiguration;
import io.questdb.ServerConfiguration;
import io.questdb.ServerMain;
import io.questdb.cairo.CairoEngine;
import io.questdb.cairo.CairoException;
import io.questdb.log.LogFactory;
import io.questdb.std.FilesFacade;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * QuestDB's server in this process: the storage engine, its background jobs, and a read-only SQL door on 127.0.0.1.
 * Everything else that it could listen on is off.
 */
public final class QuestDbServer implements AutoCloseable {
    /**
     * How often a thread of QuestDB looks in vain before it sleeps for a millisecond. As shipped it looks 7 000 times and
     * yields between: a tenth of two processors, beside a thousand agents.
     */
    private static final String IDLE_LOOKS_MAX = "10";

    /** Half of the processors apply what is committed, so that commits, which receipts wait for, have the other half. */
    private static final String APPLYING_THREADS =
            Integer.toString(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    private final ServerMain server;

    private QuestDbServer(ServerMain server) {
        this.server = server;
    }

    /**
     * Starts the server; takes one to three seconds.
     *
     * @param root its folder, created if need be
     * @param logFolder where its log file goes
     * @param port of the SQL door; 0 for any free one
     * @throws IOException if the folders cannot be written or the port is taken
     */
    public static QuestDbServer start(
            Path root, Path logFolder, int port, SqlPasswords passwords, Durability durability) throws IOException {
        writeLogConfig(root, logFolder);
        return start(root, port, passwords, durability, new MappedFiles());
    }

    /** Like the other one; a test passes a disk that it can make fail. */
    static QuestDbServer start(Path root, int port, SqlPasswords passwords, Durability durability, FilesFacade disk)
            throws IOException {
        ServerMain server = null;
        try {
            var bootstrap = new Configuration(settings(port, passwords, durability), disk);
            server = new ServerMain(new Bootstrap(bootstrap, Bootstrap.getServerMainArgs(root.toString())));
            server.start();
            server.awaitStartup();
            return new QuestDbServer(server);
        } catch (RuntimeException | Error e) {
            if (server != null) {
                server.close();
            }
            throw new IOException(
                    ("QuestDB does not start in %s with its SQL door on 127.0.0.1:%d: %s."
                                    + " If the port is taken, stop what uses it or choose another one; if the disk is full, make"
                                    + " room: what agents have not got a receipt for waits with them")
                            .formatted(root, port, e.getMessage()),
                    e);
        }
    }

    /** Our settings in place of a configuration file and the environment. */
    private static final class Configuration extends PropBootstrapConfiguration {
        private final Map<String, String> settings;
        private final FilesFacade disk;

        Configuration(Map<String, String> settings, FilesFacade disk) {
            this.settings = settings;
            this.disk = disk;
        }

        @Override
        public Map<String, String> getEnv() {
            return settings;
        }

        @Override
        public boolean useSite() {
            return false;
        }

        @Override
        public ServerConfiguration getServerConfiguration(Bootstrap bootstrap) throws Exception {
            return new DynamicPropServerConfiguration(
                    bootstrap.getRootDirectory(),
                    new Properties(),
                    settings,
                    bootstrap.getLog(),
                    bootstrap.getBuildInformation(),
                    disk,
                    bootstrap.getMicrosecondClock(),
                    FactoryProviderFactoryImpl.INSTANCE);
        }
    }

    private static Map<String, String> settings(int port, SqlPasswords passwords, Durability durability) {
        var settings = new HashMap<String, String>();
        settings.put("QDB_HTTP_ENABLED", "false");
        settings.put("QDB_HTTP_MIN_ENABLED", "false");
        settings.put("QDB_LINE_TCP_ENABLED", "false");
        settings.put("QDB_LINE_UDP_ENABLED", "false");
        settings.put("QDB_LINE_HTTP_ENABLED", "false");
        settings.put("QDB_TELEMETRY_ENABLED", "false");
        settings.put("QDB_TELEMETRY_DISABLE_COMPLETELY", "true");
        settings.put("QDB_CAIRO_MAT_VIEW_ENABLED", "false");
        settings.put("QDB_PG_NET_BIND_TO", "127.0.0.1:" + port);
        settings.put("QDB_PG_NET_CONNECTION_LIMIT", "16");
        settings.put("QDB_PG_USER", SqlPasswords.ADMIN);
        settings.put("QDB_PG_PASSWORD", passwords.admin());
        settings.put("QDB_PG_READONLY_USER_ENABLED", "true");
        settings.put("QDB_PG_READONLY_USER", SqlPasswords.READER);
        settings.put("QDB_PG_READONLY_PASSWORD", passwords.reader());
        settings.put("QDB_QUERY_TIMEOUT", "60s");
        settings.put("QDB_CAIRO_COMMIT_MODE", durability == Durability.FSYNC ? "sync" : "nosync");
        settings.put("QDB_SHARED_NETWORK_WORKER_COUNT", "1");
        settings.put("QDB_SHARED_QUERY_WORKER_COUNT", "2");
        settings.put("QDB_SHARED_WRITE_WORKER_COUNT", APPLYING_THREADS);
        settings.put("QDB_WAL_APPLY_WORKER_COUNT", APPLYING_THREADS);
        for (String workers : List.of("SHARED", "WAL_APPLY")) {
            settings.put("QDB_" + workers + "_WORKER_YIELD_THRESHOLD", IDLE_LOOKS_MAX);
            settings.put("QDB_" + workers + "_WORKER_NAP_THRESHOLD", IDLE_LOOKS_MAX);
        }
        return settings;
    }

    /**
     * Sends what QuestDB has to say of errors to a rolling file. It reads this once in the life of a process, when the
     * first of its classes is used: so this comes before all else.
     */
    private static void writeLogConfig(Path root, Path logFolder) throws IOException {
        Files.createDirectories(root.resolve("conf"));
        Files.createDirectories(logFolder);
        Files.writeString(root.resolve("conf").resolve("log.conf"), """
                writers=file
                w.file.class=io.questdb.log.LogRollingFileWriter
                w.file.location=%s/questdb.log.${date:yyyyMMdd}
                w.file.level=ERROR,CRITICAL,ADVISORY
                w.file.rollEvery=day
                w.file.rollSize=8m
                w.file.lifeDuration=7d
                w.file.sizeLimit=64m
                """.formatted(logFolder));
        LogFactory.configureRootDir(root.toString());
    }

    CairoEngine engine() {
        return server.getEngine();
    }

    /** The port that the SQL door listens on. */
    public int sqlPort() {
        return server.getPgWireServerPort();
    }

    /** What can go wrong inside the engine at any call: a full disk shows as each of these. */
    static boolean isStorageFailure(Throwable e) {
        return e instanceof RuntimeException || e instanceof io.questdb.cairo.CairoError || e instanceof InternalError;
    }

    static String reason(Throwable e) {
        String message = e instanceof CairoException c ? c.getFlyweightMessage().toString() : e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    @Override
    public void close() {
        server.close();
    }
}
