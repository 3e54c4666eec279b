package io.millrace.gateway;

import io.millrace.store.StoreOpenException;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.net.BindException;
import org.jspecify.annotations.Nullable;

/** Starts the gateway. Exit codes: 0 done, 1 a fault of ours, 2 wrong configuration, 3 something needed is in use or not to be had. */
@QuarkusMain
public final class Main {
    private static final int WRONG_USAGE = 2;
    private static final int UNAVAILABLE = 3;

    private Main() {}

    public static void main(String... args) {
        Quarkus.run(null, (code, failure) -> System.exit(exitCode(code, failure)), args);
    }

    static int exitCode(int code, @Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case StoreOpenException e -> {
                    return told(e, UNAVAILABLE);
                }
                case BindException e -> {
                    return told(e, UNAVAILABLE);
                }
                case IllegalArgumentException e -> {
                    return told(e, WRONG_USAGE);
                }
                default -> {}
            }
        }
        if (failure != null) {
            System.err.println("gateway does not start, by a fault of its own:");
            failure.printStackTrace();
        }
        return code;
    }

    private static int told(Exception e, int code) {
        System.err.println("gateway does not start: " + e.getMessage());
        return code;
    }
}
