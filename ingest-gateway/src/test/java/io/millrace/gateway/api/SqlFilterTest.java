package io.millrace.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Glob;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SqlFilterTest {
    private static final long SEED = 11;

    @Test
    void valuesBecomeBindsAndNeverPartOfTheStatement() {
        var filter = new SqlFilter()
                .and("site = ?", "x' OR 1=1 --")
                .and("agent = ?", null)
                .matching("device", Glob.of("pump-*"))
                .matching("metric", Glob.of("temp"));
        assertThat(filter.where()).isEqualTo("WHERE site = $1 AND device ~ $2 AND metric = $3");
        assertThat(filter.binds()).containsExactly("x' OR 1=1 --", "^pump-.*$", "temp");
        assertThat(new SqlFilter().matching("device", Glob.ANY).where()).isEmpty();
    }

    @Test
    void theRegularExpressionMatchesWhatTheGlobMatches() {
        var random = new SplittableRandom(SEED);
        int compared = 0;
        for (int i = 0; i < 50_000; i++) {
            String text = text(random, "ab-*?[]!.^$\\(|&", 1 + random.nextInt(7));
            Glob glob;
            try {
                glob = Glob.of(text);
            } catch (IllegalArgumentException e) {
                continue;
            }
            Pattern regex = Pattern.compile(SqlFilter.regex(text));
            String name = text(random, "ab-[]!.^$\\(|&", random.nextInt(6));
            assertThat(regex.matcher(name).find())
                    .as("glob %s as %s on %s, seed %d", text, regex, name, SEED)
                    .isEqualTo(glob.matches(name));
            compared++;
        }
        assertThat(compared).isGreaterThan(10_000);
    }

    private static String text(SplittableRandom random, String alphabet, int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
