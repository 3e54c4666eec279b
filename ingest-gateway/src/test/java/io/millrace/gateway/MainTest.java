package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.store.StoreOpenException;
import java.net.BindException;
import org.junit.jupiter.api.Test;

/** The exit codes of the contract, whatever the framework wraps a failure in. */
class MainTest {
    @Test
    void aDataFolderOfANewerVersionIsUnavailable() {
        assertThat(Main.exitCode(1, wrapped(new StoreOpenException.Newer("version 9"))))
                .isEqualTo(3);
    }

    @Test
    void whatIsInUseIsUnavailable() {
        assertThat(Main.exitCode(1, wrapped(new StoreOpenException.InUse("in use"))))
                .isEqualTo(3);
        assertThat(Main.exitCode(1, wrapped(new BindException("port")))).isEqualTo(3);
    }

    @Test
    void aWrongSettingIsWrongUsage() {
        assertThat(Main.exitCode(1, wrapped(new IllegalArgumentException("millrace.retention"))))
                .isEqualTo(2);
        assertThat(Main.exitCode(0, null)).isZero();
    }

    private static RuntimeException wrapped(Exception cause) {
        return new IllegalStateException("start failed", new RuntimeException(cause));
    }
}
