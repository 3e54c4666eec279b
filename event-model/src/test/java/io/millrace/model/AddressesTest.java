package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1", "http://127.0.0.1:1/", "https://[::1]:65535", "http://box.plant"})
    void takesAWebServer(String address) {
        assertThat(Addresses.isHttp(URI.create(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:0",
                "http://127.0.0.1:65536",
                "http://127.0.0.1:-1",
                "ftp://x",
                "foo",
                "http:/x"
            })
    void refusesWhatCanBeNone(String address) {
        assertThat(Addresses.isHttp(URI.create(address))).isFalse();
    }

    @Test
    void othersThanWebServersAreReachableToo() {
        assertThat(Addresses.isReachable(URI.create("mqtt://127.0.0.1:1883"))).isTrue();
        assertThat(Addresses.isReachable(URI.create("mqtt://127.0.0.1:99999"))).isFalse();
    }
}
