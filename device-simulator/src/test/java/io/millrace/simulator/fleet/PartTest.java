package io.millrace.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.simulator.fleet.Fleet.Transport;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartTest {
    private static final Metric METRIC = new Metric("count", "", new Signal.Counter(3, 100));
    private static final Population WHOLE = new Population(
            7,
            "sim",
            List.of(
                    new Fleet(0, "one", Transport.PLAIN, 1, 1, List.of(METRIC), 10, 0),
                    new Fleet(1, "many", Transport.AGENT, 101, 3, List.of(METRIC), 500, 0)),
            2_000_000);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void allPartsTogetherAreTheWholeAndNoUnitIsInTwo(int count) {
        long events = 0;
        int units = 0;
        for (int index = 1; index <= count; index++) {
            Population part = WHOLE.with(new Part(index, count));
            events += part.events();
            units += part.units();
        }
        assertThat(events).isEqualTo(WHOLE.events()).isEqualTo(1_020);
        assertThat(units).isEqualTo(WHOLE.units()).isEqualTo(102);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/1001", ""})
    void refusesWhatIsNoPart(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Part.parse(text));
    }
}
