package io.millrace.simulator.verify;

import io.millrace.model.Addresses;
import io.millrace.model.FileTrouble;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A store as {@code ./millrace up} prints it: {@code postgresql://user@host:port/database?passfile=FILE}.
 *
 * @param passfile as libpq has them, {@code host:port:database:user:password}; null for no password
 */
public record SqlAddress(
        String host,
        int port,
        String database,
        String user,
        @Nullable Path passfile) {
    private static final String PASSFILE = "passfile=";
    private static final int PORT = 8812;
    private static final int CONNECT_SECONDS_MAX = 5;
    private static final int PASSFILE_FIELDS = 5;

    /** @throws IllegalArgumentException if it is none such */
    public static SqlAddress parse(String text) {
        try {
            int query = text.indexOf('?');
            URI uri = URI.create(query < 0 ? text : text.substring(0, query));
            String rest = query < 0 ? "" : text.substring(query + 1);
            boolean right = "postgresql".equals(uri.getScheme())
                    && Addresses.isReachable(uri)
                    && uri.getPath() != null
                    && uri.getPath().length() > 1
                    && (rest.isEmpty() || rest.startsWith(PASSFILE));
            if (right) {
                return new SqlAddress(
                        uri.getHost(),
                        uri.getPort() < 0 ? PORT : uri.getPort(),
                        uri.getPath().substring(1),
                        uri.getUserInfo() == null ? "millrace" : uri.getUserInfo(),
                        rest.isEmpty() ? null : Path.of(rest.substring(PASSFILE.length())));
            }
        } catch (IllegalArgumentException _) {
            // said below, with what was expected
        }
        throw new IllegalArgumentException(
                "'%s' is no store, expected postgresql://user@host:port/database?passfile=FILE with a port from 1 to %d"
                        .formatted(text, Addresses.PORT_MAX));
    }

    /**
     * Connects; blocks up to {@value #CONNECT_SECONDS_MAX} s.
     *
     * @throws SQLException if nothing answers there, or it lets us not in
     * @throws IOException if the file with the password cannot be read
     */
    public Connection connect() throws SQLException, IOException {
        var login = new Properties();
        login.setProperty("user", user);
        login.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS_MAX));
        login.setProperty("tcpKeepAlive", "true");
        if (passfile != null) {
            try {
                String[] fields = Files.readString(passfile).strip().split(":", PASSFILE_FIELDS);
                login.setProperty("password", fields[fields.length - 1]);
            } catch (IOException e) {
                throw new IOException("its passfile %s cannot be read: %s".formatted(passfile, FileTrouble.of(e)), e);
            }
        }
        return DriverManager.getConnection("jdbc:postgresql://%s:%d/%s".formatted(host, port, database), login);
    }

    /** What {@link #connect} or a question threw, to be part of a sentence: the driver's own end in a full stop. */
    public static String reason(Exception e) {
        return String.valueOf(e.getMessage()).replaceAll("[.\\s]+$", "");
    }

    @Override
    public String toString() {
        return "postgresql://%s:%d/%s".formatted(host, port, database);
    }
}
