package io.millrace.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnOriginTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8080,",
        "localhost:8080, http://localhost:8080",
        "LOCALHOST:8080, http://127.0.0.1:8080",
        "[::1]:8080, http://[::1]:8080"
    })
    void letsOurOwnPageIn(String host, String origin) {
        assertThat(OwnOrigin.foreign(host, origin, 8080)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        ",",
        "evil.example:8080,",
        "127.0.0.1.evil.example:8080,",
        "127.0.0.1:9999,",
        "127.0.0.1,",
        "127.0.0.1:8080, null",
        "127.0.0.1:8080, http://evil.example",
        "127.0.0.1:8080, http://127.0.0.1:3000",
        "127.0.0.1:8080, https://127.0.0.1:8080",
        "127.0.0.1:8080, http://127.0.0.1:8080.evil.example",
        "127.0.0.1:8080, file://"
    })
    void keepsStrangersOut(String host, String origin) {
        assertThat(OwnOrigin.foreign(host, origin, 8080)).contains("expected");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "[::1]"})
    void knowsThatPort80IsNotWritten(String host) {
        assertThat(OwnOrigin.foreign(host, "http://" + host, 80)).isNull();
    }
}
