package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GlobTest {
    @ParameterizedTest
    @CsvSource({
        "pump-*, pump-1, true",
        "pump-*, pump-, true",
        "pump-*, xpump-1, false",
        "*, a/b c, true",
        "*-1, pump-1-1, true",
        "*a*b, xaxbxb, true",
        "*a*b, xaxbx, false",
        "pump-?, pump-12, false",
        "?, 🌡, true",
        "[ab]?, b1, true",
        "[a-c]1, d1, false",
        "[!a-c]1, d1, true",
        "[!a-c]1, a1, false",
        "[]x], ], true",
        "[[]C], [C], true",
        "Pump, pump, false",
    })
    void matchesAsShellsDo(String pattern, String name, boolean fits) {
        assertThat(Glob.of(pattern).matches(name)).isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({
        "'', long",
        "[a, not closed",
        "[], not closed",
        "[!], not closed",
        "[z-a], ascend",
        "a+, no name",
        "#, no name"
    })
    void refusesWhatCanNeverMatch(String pattern, String why) {
        assertThatIllegalArgumentException().isThrownBy(() -> Glob.of(pattern)).withMessageContaining(why);
    }

    @Test
    void answersAtOnceWhateverThePattern() {
        Glob hostile = Glob.of("*a".repeat(100) + "b");
        Assertions.assertTimeout(
                Duration.ofSeconds(5),
                () -> assertThat(hostile.matches("a".repeat(10_000))).isFalse());
    }
}
