package io.millrace.broker;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The broker process. Exit 0 after SIGTERM, 2 for wrong usage, 3 if it cannot start or go on; prints one line when ready. */
public final class Main {
    private static final AtomicReference<@Nullable Broker> BROKER = new AtomicReference<>();
    private static final AtomicInteger EXIT = new AtomicInteger();

    private Main() {}

    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(Main::stop, "stop"));
        try {
            Arguments arguments = Arguments.parse(List.of(args));
            if (arguments.exitWithParent()) {
                Thread.ofPlatform().daemon().name("parent-watch").start(Main::awaitParentsEnd);
            }
            Broker broker = Broker.start(arguments);
            BROKER.set(broker);
            System.out.println("ready mqtt://127.0.0.1:" + broker.port());
            throw broker.unusable().join();
        } catch (IllegalArgumentException e) {
            exit(2, e);
        } catch (IOException | InUseException e) {
            exit(3, e);
        }
    }

    private static void exit(int code, Exception reason) {
        System.err.println("mqtt-broker: " + reason.getMessage());
        EXIT.set(code);
        System.exit(code);
    }

    private static void awaitParentsEnd() {
        try {
            while (System.in.read() >= 0) {
                // The parent only holds the pipe; what it might write means nothing.
            }
        } catch (IOException e) {
            // As good as its end.
        }
        System.exit(0);
    }

    /** Runs at the end of the process, whatever asked for it; without the halt, SIGTERM would end in 143. */
    private static void stop() {
        try {
            Broker broker = BROKER.getAndSet(null);
            if (broker != null) {
                broker.close();
            }
        } catch (IOException e) {
            System.err.println("mqtt-broker: " + e.getMessage());
            EXIT.compareAndSet(0, 1);
        }
        System.err.flush();
        Runtime.getRuntime().halt(EXIT.get());
    }
}
