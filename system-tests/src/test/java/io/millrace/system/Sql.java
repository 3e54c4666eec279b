package io.millrace.system;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** The store as anybody sees it: the printed {@code sql} address, a PostgreSQL driver, and rows of text. */
final class Sql {
    private static final String PASSFILE = "?passfile=";

    private final URI address;
    private final Path passfile;

    Sql(String address) {
        this.address = URI.create(address.substring(0, address.indexOf(PASSFILE)));
        passfile = Path.of(address.substring(address.indexOf(PASSFILE) + PASSFILE.length()));
    }

    List<List<String>> rows(String query) throws SQLException, IOException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            List<List<String>> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>(columns);
                for (int i = 1; i <= columns; i++) {
                    row.add(String.valueOf(result.getString(i)));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** The single number that a query answers. */
    long number(String query) throws SQLException, IOException {
        return Long.parseLong(rows(query).getFirst().getFirst());
    }

    private Connection connect() throws SQLException, IOException {
        var login = new Properties();
        login.setProperty("user", address.getUserInfo());
        login.setProperty("password", Files.readString(passfile).strip().split(":", 5)[4]);
        login.setProperty("sslmode", "disable");
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d%s".formatted(address.getHost(), address.getPort(), address.getPath()), login);
    }
}
