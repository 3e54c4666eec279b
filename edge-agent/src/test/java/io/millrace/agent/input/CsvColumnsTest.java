package io.millrace.agent.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Value;
import org.junit.jupiter.api.Test;

class CsvColumnsTest {
    @Test
    void aNumberIsADoubleUnlessOnlyAnIntegerHoldsIt() {
        assertThat(CsvColumns.value("42")).isEqualTo(new Value.Numeric(42));
        assertThat(CsvColumns.value("9007199254740992")).isEqualTo(new Value.Numeric(9_007_199_254_740_992.0));
        assertThat(CsvColumns.value("9007199254740993")).isEqualTo(new Value.Whole(9_007_199_254_740_993L));
        assertThat(CsvColumns.value("-9223372036854775807")).isEqualTo(new Value.Whole(-Long.MAX_VALUE));
        assertThat(CsvColumns.value("99999999999999999999")).isEqualTo(new Value.Numeric(1e20));
        assertThat(CsvColumns.value("9007199254740993.5")).isEqualTo(new Value.Numeric(9007199254740993.5));
    }
}
