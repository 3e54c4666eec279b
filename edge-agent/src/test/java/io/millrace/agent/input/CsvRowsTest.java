package io.millrace.agent.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.agent.input.CsvRows.Row;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvRowsTest {
    @TempDir
    Path folder;

    private List<Row> rows(byte[] bytes) throws IOException {
        Path file = folder.resolve("a.csv");
        Files.write(file, bytes);
        var rows = new ArrayList<Row>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var reader = new CsvRows(channel, ';', 0, 1);
            for (Row row = reader.next(true); !(row instanceof Row.None); row = reader.next(true)) {
                rows.add(row);
            }
        }
        return rows;
    }

    private List<List<String>> cells(String text) throws IOException {
        return rows(text.getBytes(UTF_8)).stream()
                .map(row -> row instanceof Row.Cells cells ? cells.cells() : List.of("unreadable"))
                .toList();
    }

    @Test
    void readsWhatRfc4180Allows() throws IOException {
        assertThat(cells("a;b\n1;2\n")).containsExactly(List.of("a", "b"), List.of("1", "2"));
        assertThat(cells("a;b\r\n1;2\r\n")).containsExactly(List.of("a", "b"), List.of("1", "2"));
        assertThat(cells("a;b\n1;2")).containsExactly(List.of("a", "b"), List.of("1", "2"));
        assertThat(cells("\uFEFFa;b\n")).containsExactly(List.of("a", "b"));
        assertThat(cells("\"a;b\";\"say \"\"hi\"\"\"\n")).containsExactly(List.of("a;b", "say \"hi\""));
        assertThat(cells("\"two\nlines\";x\n")).containsExactly(List.of("two\nlines", "x"));
        assertThat(cells("\"\";x\n")).containsExactly(List.of("", "x"));
        assertThat(cells(";;\n")).containsExactly(List.of("", "", ""));
        assertThat(cells("5\" pipe;x\n")).containsExactly(List.of("5\" pipe", "x"));
        assertThat(cells("Größe;°C\n")).containsExactly(List.of("Größe", "°C"));
        assertThat(cells("\n\r\na\n\n")).containsExactly(List.of("a"));
        assertThat(cells("")).isEmpty();
    }

    @Test
    void anUnclosedQuoteCostsItsOwnLineOnly() throws IOException {
        assertThat(cells("a;b\n\"1;2\n3;4\n"))
                .containsExactly(List.of("a", "b"), List.of("unreadable"), List.of("3", "4"));
        assertThat(cells("a\n\"open")).containsExactly(List.of("a"), List.of("unreadable"));
        String many = "x;y\n".repeat(200_000);
        assertThat(cells("\"1;2\n" + many)).hasSize(200_001).startsWith(List.of("unreadable"), List.of("x", "y"));
    }

    @Test
    void aRowTooLongOrNotUtf8CostsItsOwnLineOnly() throws IOException {
        assertThat(cells("a\n" + "x".repeat(3 * CsvRows.ROW_BYTES_MAX) + "\nb\n"))
                .containsExactly(List.of("a"), List.of("unreadable"), List.of("b"));
        assertThat(cells("a\n" + "x".repeat(CsvRows.ROW_BYTES_MAX - 2) + "\nb\n"))
                .hasSize(3)
                .doesNotContain(List.of("unreadable"));
        assertThat(rows(new byte[] {'a', '\n', (byte) 0xC3, '\n', 'b', '\n'}))
                .element(1)
                .isEqualTo(new Row.Unreadable(2, 4, 3, "not UTF-8"));
    }

    @Test
    void tellsWhereARowBeginsAndWhereTheNextOne() throws IOException {
        assertThat(rows("a\r\n\"x\ny\"\r\n\nb".getBytes(UTF_8)))
                .containsExactly(
                        new Row.Cells(1, 3, 2, List.of("a")),
                        new Row.Cells(2, 10, 4, List.of("x\ny")),
                        new Row.Cells(5, 12, 6, List.of("b")));
    }

    @Test
    void leavesAnUnfinishedRowUntilItsLineBreakComes() throws IOException {
        Path file = folder.resolve("a.csv");
        String text = "a;b\n\"1\n\";2\n";
        try (FileChannel channel = FileChannel.open(Files.createFile(file), StandardOpenOption.READ)) {
            var reader = new CsvRows(channel, ';', 0, 1);
            var rows = new ArrayList<List<String>>();
            for (int length = 0; length <= text.length(); length++) {
                Files.writeString(file, text.substring(0, length));
                if (reader.next(false) instanceof Row.Cells row) {
                    rows.add(row.cells());
                }
            }
            assertThat(rows).containsExactly(List.of("a", "b"), List.of("1\n", "2"));
        }
    }
}
