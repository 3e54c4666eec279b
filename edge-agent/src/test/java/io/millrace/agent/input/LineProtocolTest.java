package io.millrace.agent.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Value;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineProtocolTest {
    private static final long NOW = 42;

    private final Submission submission = new Submission(List.of("telemetry"));

    private List<String> read(String lines) throws Exception {
        new LineProtocol(submission, "telemetry", "gw-7", NOW, TimeUnit.NANOSECONDS).read(lines);
        return submission.eventsByLane().getOrDefault("telemetry", List.of()).stream()
                .map(e -> "%s|%s|%s|%s|%d"
                        .formatted(
                                e.series().device(),
                                e.series().metric(),
                                e.series().unit(),
                                switch (e.value()) {
                                    case Value.Numeric(double n) -> Double.toString(n);
                                    case Value.Whole(long n) -> n + "i";
                                    case Value.Bool(boolean on) -> Boolean.toString(on);
                                    case Value.Text(String t) -> "'" + t + "'";
                                },
                                e.timeMicros()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "m v=1~gw-7|m.v||1.0|42",
                "m value=1.5 1700000000123456789~gw-7|m||1.5|1700000000123456",
                "m value=-1~gw-7|m||-1.0|42",
                "m value=1e3~gw-7|m||1000.0|42",
                "m value=2i~gw-7|m||2i|42",
                "m value=9223372036854775807u~gw-7|m||9223372036854775807i|42",
                "m value=t~gw-7|m||true|42",
                "m value=False~gw-7|m||false|42",
                "m,device=d,unit=bar value=1~d|m|bar|1.0|42",
                "cpu,host=h,cpu=cpu0 usage=1~h/cpu0|cpu.usage||1.0|42",
                "cpu,z=2,a=1 value=1~1/2|cpu||1.0|42",
                "my\\ m\\,x value=1~gw-7|my m,x||1.0|42",
                "m,de\\=v=x\\ y\\,z value=1~x y,z|m||1.0|42",
                "m va\\ lue=1~gw-7|m.va lue||1.0|42",
                "m value=\"a \\\"b\\\" , = \\\\ c\" 7000~gw-7|m||'a \"b\" , = \\ c'|7",
                "m value=\"\"~gw-7|m||''|42",
                "C:\\path value=1~gw-7|C:\\path||1.0|42",
            })
    void readsALine(String line, String event) throws Exception {
        assertThat(read(line)).containsExactly(event);
        assertThat(submission.refusals()).isEmpty();
    }

    @Test
    void readsManyLinesWithCommentsEmptyOnesAndTextOfSeveralLines() throws Exception {
        assertThat(read("# comment\n\nm value=1,b=2i 1000\r\nm value=\"two\nlines\" 2000\n  \nm value=3 3000"))
                .containsExactly("gw-7|m||1.0|1", "gw-7|m.b||2i|1", "gw-7|m||'two\nlines'|2", "gw-7|m||3.0|3");
        assertThat(submission.refusals()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "m",
                "m ",
                "m value",
                "m value=",
                "m value=x",
                "m value=NaN",
                "m value=1e999",
                "m value=1.5i",
                "m value=9223372036854775808i",
                "m value=\"open",
                "m value=1 now",
                "m value=1 1 1",
                "m,tag value=1",
                ",t=1 value=1",
                "m#,a=1 value=1",
                "m =1",
                "m value=1,",
                "m good=1,b#d=2",
                "m value=1 99999999999999999999"
            })
    void refusesALineAsAWholeAndTakesTheOthers(String line) throws Exception {
        assertThat(read("a value=1 0\n" + line + "\nb value=2 0\n")).containsExactly("gw-7|a||1.0|0", "gw-7|b||2.0|0");
        assertThat(submission.refusals())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.item()).isEqualTo(2));
    }
}
