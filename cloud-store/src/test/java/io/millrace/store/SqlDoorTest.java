package io.millrace.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.wire.Durability;
import io.millrace.store.derive.LiveListener;
import io.millrace.store.derive.Projection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in at the data folder and at the SQL door, and what they may do there. */
class SqlDoorTest {
    @TempDir
    Path data;

    @Test
    void letsAReaderInWhoMayOnlyReadAndNobodyElse() throws Exception {
        try (var store = TestStore.open(data)) {
            store.append(Sent.batch(Sent.STREAM, 1, 3));
            store.settle();
            readsWhatIsStored(store);
            refusesToWrite(store);
            refusesWellKnownPasswords(store);
            keepsThePasswordToItsOwner(store);
            refusesASecondGateway();
        }
        String password = Files.readString(data.resolve("pgpass")).strip();
        try (var store = TestStore.open(data)) {
            assertThat(store.store().sqlAddress()).startsWith("postgresql://millrace@127.0.0.1:");
            String again = Files.readString(data.resolve("pgpass")).strip();
            assertThat(again.substring(again.lastIndexOf(':')))
                    .isEqualTo(password.substring(password.lastIndexOf(':')));
            assertThat(again)
                    .startsWith(
                            "127.0.0.1:%d:qdb:millrace:".formatted(store.store().sqlPort()));
            assertThat(store.audit().lanes().getFirst().stored()).isEqualTo(3);
        }
        refusesAFolderOfNewerSoftware();
    }

    private void readsWhatIsStored(TestStore store) throws Exception {
        try (var connection = DriverManager.getConnection(store.jdbcUrl(), store.login("pgpass", "millrace"));
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT count() FROM events")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getLong(1)).isEqualTo(3);
        }
    }

    private void refusesToWrite(TestStore store) throws Exception {
        String[] statements = {
            "INSERT INTO gaps (ts, site) VALUES (now(), 'x')",
            "DROP TABLE events",
            "TRUNCATE TABLE log",
            "UPDATE events SET value = 0",
            "ALTER TABLE events DROP PARTITION WHERE ts > 0",
            "CREATE TABLE mine (a INT)"
        };
        try (var connection = DriverManager.getConnection(store.jdbcUrl(), store.login("pgpass", "millrace"));
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOf(SQLException.class);
            }
        }
        assertThatThrownBy(() -> store.query("TRUNCATE TABLE log")).hasMessageContaining("TRUNCATE TABLE log");
        assertThat(store.audit().lanes().getFirst().stored()).isEqualTo(3);
    }

    private void refusesWellKnownPasswords(TestStore store) {
        for (String user : new String[] {"admin", "user", "millrace"}) {
            var login = new Properties();
            login.setProperty("user", user);
            login.setProperty("password", "quest");
            assertThatThrownBy(() ->
                            DriverManager.getConnection(store.jdbcUrl(), login).close())
                    .as(user)
                    .isInstanceOf(SQLException.class);
        }
    }

    private void keepsThePasswordToItsOwner(TestStore store) throws Exception {
        for (String file : new String[] {"pgpass", "store/admin.pgpass"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(file))))
                    .as(file)
                    .isEqualTo("rw-------");
        }
    }

    private void refusesASecondGateway() {
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreOpenException.InUse.class)
                .hasMessageContaining("is in use")
                .hasMessageContaining(data.toString());
    }

    private void refusesAFolderOfNewerSoftware() throws Exception {
        Path schema = data.resolve("store/schema");
        Files.writeString(schema, Files.readString(schema).replaceAll("version=\\d+", "version=999"));
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreOpenException.Newer.class)
                .hasMessageContaining("version 999");
    }

    private void open() throws Exception {
        Store.open(
                        new StoreConfig(data, 0, Durability.OS),
                        InstantSource.system(),
                        Sent::decodePlain,
                        Projection.none(),
                        LiveListener.none())
                .close();
    }
}
