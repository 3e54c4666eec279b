package io.millrace.benchmarks;

import java.io.BufferedReader;
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

/** Everything, started as a user would start it: {@code ./millrace up} on free ports. */
final class Stack implements AutoCloseable {
    private static final String PASSFILE = "?passfile=";

    /** Whether the agent that reads this machine runs too. */
    enum Demo {
        WITH,
        WITHOUT
    }

    private final Path data;
    private final Process up;
    private final URI page;
    private final URI mqtt;
    private final String sql;

    private Stack(Path data, Process up, URI page, URI mqtt, String sql) {
        this.data = data;
        this.up = up;
        this.page = page;
        this.mqtt = mqtt;
        this.sql = sql;
    }

    /**
     * @param home root of the repository, where everything is built
     * @throws InputException if it does not come up
     */
    static Stack up(Path home, Path data, Demo demo) throws IOException, InputException {
        List<String> command = new ArrayList<>(List.of(home.resolve("millrace").toString(), "up"));
        command.addAll(List.of("--data", data.toString(), "--http-port", "0", "--mqtt-port", "0", "--sql-port", "0"));
        if (demo == Demo.WITHOUT) {
            command.add("--no-demo");
        }
        Process up = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines = up.inputReader();
        String page = lines.readLine();
        String mqtt = lines.readLine();
        String sql = lines.readLine();
        if (page == null || mqtt == null || sql == null) {
            Processes.stop(up);
            throw new InputException("broker and gateway did not come up, see above and " + data.resolve("log"));
        }
        return new Stack(
                data,
                up,
                URI.create(page.substring("page ".length())),
                URI.create(mqtt.substring("mqtt ".length())),
                sql.substring("sql ".length()));
    }

    /** The program that runs us, for further processes. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    URI page() {
        return page;
    }

    URI mqtt() {
        return mqtt;
    }

    /** The {@code sql} line's address, for other commands. */
    String sql() {
        return sql;
    }

    /** Process id of {@code broker}, {@code gateway} or {@code agent}. */
    long pid(String name) throws IOException {
        return Long.parseLong(
                Files.readString(data.resolve("run").resolve(name + ".pid")).strip());
    }

    /** A connection as the printed {@code sql} line describes it. */
    Connection connect() throws SQLException, IOException {
        URI address = URI.create(sql.substring(0, sql.indexOf(PASSFILE)));
        Path passfile = Path.of(sql.substring(sql.indexOf(PASSFILE) + PASSFILE.length()));
        var login = new Properties();
        login.setProperty("user", address.getUserInfo());
        login.setProperty("password", Files.readString(passfile).strip().split(":", 5)[4]);
        String url = "jdbc:postgresql://%s:%d%s".formatted(address.getHost(), address.getPort(), address.getPath());
        return DriverManager.getConnection(url, login);
    }

    /** The single number that a query answers. */
    double number(String query) throws SQLException, IOException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getDouble(1);
        }
    }

    @Override
    public void close() {
        Processes.stop(up);
    }
}
