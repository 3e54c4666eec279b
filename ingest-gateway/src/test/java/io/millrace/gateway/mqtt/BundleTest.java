package io.millrace.gateway.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.model.wire.MalformedMessageException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {
    @Test
    void readsWhatTheBrokersOwnTestSaysThatItWrites() throws Exception {
        List<Bundle.Part> parts = Bundle.parts(HexFormat.of().parseHex("0001740000000133" + "0001740000000134"));
        assertThat(parts).extracting(Bundle.Part::topic).containsExactly("t", "t");
        assertThat(parts).extracting(part -> new String(part.payload(), UTF_8)).containsExactly("3", "4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "000174", "00017400000001", "00017400000002ab", "000174ffffffff33", "ffff74"})
    void refusesWhatEndsWithinAMessage(String hex) {
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> Bundle.parts(HexFormat.of().parseHex(hex)));
    }
}
