package io.millrace.model.yaml;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Quality;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlDocumentTest {
    private static final Rule<Duration> DURATION = Rule.duration(Duration.ofMillis(1), Duration.ofDays(7));

    private static YamlDocument parse(String text) {
        return YamlDocument.parse("a.yaml", text.getBytes(UTF_8));
    }

    private static String mistakes(YamlDocument yaml) {
        return yaml.mistakes().stream().map(Mistake::toString).collect(Collectors.joining("\n"));
    }

    @Test
    void readsEveryKindOfValue() {
        YamlDocument yaml = parse("""
                name: 12
                quoted: "yyyy-MM-dd HH:mm:ss"
                sync: 500ms
                size: 1GiB
                count: 50000
                above: 80.5
                follow: true
                quality: uncertain
                lanes: [alarm, telemetry]
                nested: {deep: {key: on}}
                items:
                  - {a: 1}
                  - {a: 2}
                free:
                  Pressure: {unit: bar}
                  "*":
                """);
        YamlMap root = yaml.root();
        assertThat(root.required("name", Rule.name())).isEqualTo("12");
        assertThat(root.required("quoted", Rule.text("text"))).isEqualTo("yyyy-MM-dd HH:mm:ss");
        assertThat(root.required("sync", DURATION)).isEqualTo(Duration.ofMillis(500));
        assertThat(root.required("size", Rule.bytes(0, 1L << 40))).isEqualTo(1L << 30);
        assertThat(root.required("count", Rule.integer(0, 100_000))).isEqualTo(50_000);
        assertThat(root.required("above", Rule.number())).isEqualTo(80.5);
        assertThat(root.required("follow", Rule.flag())).isTrue();
        assertThat(root.required("quality", Rule.oneOf(Quality.class))).isEqualTo(Quality.UNCERTAIN);
        assertThat(root.list("lanes", Rule.name(), List.of())).containsExactly("alarm", "telemetry");
        assertThat(root.map("nested").map("deep").required("key", Rule.name())).isEqualTo("on");
        assertThat(root.maps("items").stream().map(m -> m.required("a", Rule.integer(0, 9))))
                .containsExactly(1L, 2L);
        assertThat(root.map("free").mapsByKey()).containsOnlyKeys("Pressure", "*");
        root.map("free").map("Pressure").required("unit", Rule.text("a unit"));
        assertThat(root.find("absent", Rule.name())).isNull();
        assertThat(root.optional("absent", DURATION, Duration.ZERO)).isZero();
        assertThat(yaml.mistakes()).isEmpty();
    }

    @Test
    void tellsEveryMistakeInOneGoInTheOrderOfTheirPlaces() {
        YamlDocument yaml = parse("""
                site: plant/1
                sinc: 5s
                spool:
                  sync: 5 parsecs
                  Max_Bytes: 1
                  sync: 2s
                lanes: telemetry
                backfill: 7
                inputs:
                  - {kind: [1], every: 99d}
                  - host
                zebra-crossing: 1
                """);
        YamlMap root = yaml.root();
        root.required("site", Rule.name());
        root.required("agent", Rule.name());
        root.optional("sync", DURATION, Duration.ZERO);
        root.list("lanes", Rule.name(), List.of());
        root.map("backfill").optional("policy", Rule.name(), "x");
        YamlMap spool = root.map("spool");
        spool.optional("sync", DURATION, Duration.ZERO);
        spool.optional("max-bytes", Rule.bytes(0, 9), 1L);
        for (YamlMap input : root.maps("inputs")) {
            input.required("kind", Rule.oneOf(Quality.class));
            input.optional("every", DURATION, Duration.ZERO);
        }
        spool.mistake("sync", "is odd, expected even");
        assertThat(mistakes(yaml)).isEqualTo("""
                a.yaml:1:1: agent is missing, expected a name of 1 to 64 bytes without / + # or control characters
                a.yaml:1:7: site is "plant/1", expected a name of 1 to 64 bytes without / + # or control characters
                a.yaml:2:1: unknown key sinc, expected sync perhaps
                a.yaml:4:9: spool.sync is "5 parsecs", expected a duration such as 500ms, 10s, 5m, 2h or 7d, from 1ms to 7d
                a.yaml:4:9: spool.sync is odd, expected even
                a.yaml:5:3: unknown key spool.Max_Bytes, expected max-bytes perhaps
                a.yaml:6:3: spool.sync is given twice, expected once (first in line 4)
                a.yaml:7:8: lanes is a single value, expected a list
                a.yaml:8:11: backfill is a single value, expected a map
                a.yaml:10:12: inputs[1].kind is a list, expected one of good, uncertain, bad
                a.yaml:10:24: inputs[1].every is "99d", expected a duration such as 500ms, 10s, 5m, 2h or 7d, from 1ms to 7d
                a.yaml:11:5: inputs[2] is a single value, expected a map
                a.yaml:11:5: inputs[2].kind is missing, expected one of good, uncertain, bad
                a.yaml:12:1: unknown key zebra-crossing, expected one of site, agent, sync, lanes, backfill, spool, inputs\
                """);
    }

    @Test
    void aTabIsCalledATab() {
        assertThat(mistakes(parse("spool:\n\tsync: 1s\n"))).isEqualTo("a.yaml:2:1: tab character, expected spaces");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: [1, 2",
                "a: b: c",
                "- 1",
                "just text",
                "a: 1\n---\nb: 2",
                "a: *nowhere",
                "{1: 2}: 3",
                "? [a]\n: 1",
                "a: \"\\u",
                "%YAML 9.9\n---\na: 1",
                "a: !!binary x%",
                "a: &a [*a]",
                "&a a: *a",
                "\u0001",
                "a: !<tag:x> {}"
            })
    void anyContentGivesMistakesAndNoException(String text) {
        YamlDocument yaml = parse(text);
        yaml.root().required("a", Rule.integer(5, 6));
        assertThat(yaml.mistakes()).isNotEmpty();
    }

    @Test
    void emptyDocumentsLackTheirKeysOnly() {
        for (String text : List.of("", "# nothing\n", "---\n", "\uFEFF")) {
            YamlDocument yaml = parse(text);
            yaml.root().required("site", Rule.text("a name"));
            assertThat(mistakes(yaml)).isEqualTo("a.yaml:1:1: site is missing, expected a name");
        }
    }

    @Test
    void sizeDepthAndAliasesAreLimited() {
        assertThat(mistakes(parse("[".repeat(500_000)))).contains("nested deeper than 32");
        assertThat(mistakes(parse("a: &a 1\nb: [" + "*a,".repeat(101) + "]"))).contains("more than 100 aliases");
        assertThat(mistakes(parse("#".repeat(YamlDocument.BYTES_MAX + 1)))).contains("larger than 1048576 bytes");
        var bomb = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)));
        }
        YamlDocument yaml = parse(bomb.toString());
        yaml.root().list("a11", Rule.name(), List.of());
        assertThat(yaml.mistakes()).isNotEmpty();
    }

    @Test
    void mistakesAreLimited() {
        var text = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            text.append("key%d: 1%n".formatted(i));
        }
        assertThat(parse(text.toString()).mistakes()).hasSize(YamlDocument.MISTAKES_MAX);
    }

    @Test
    void bytesThatAreNotUtf8AreAMistake() {
        assertThat(YamlDocument.parse("a.yaml", new byte[] {'a', (byte) 0xff}).mistakes())
                .extracting(Mistake::what)
                .containsExactly("the document is not UTF-8, expected text in that encoding");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "ms", "-1s", "1.5s", "999999999999d", "1 s", "0x1s", "1S"})
    void otherDurationsAreRefused(String text) {
        assertThat(DURATION.parser().apply(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "Infinity", "1f", "0x1p3", "", "ten", "1e999"})
    void otherNumbersAreRefused(String text) {
        assertThat(Rule.number().parser().apply(text)).isNull();
    }
}
