package io.millrace.gateway.notify;

import io.millrace.gateway.notify.DeliveryResult.Delivered;
import io.millrace.gateway.notify.DeliveryResult.Refused;
import io.millrace.gateway.notify.DeliveryResult.Unavailable;
import io.millrace.gateway.notify.NotifyParser.Parsed;
import io.millrace.model.FileTrouble;
import io.millrace.model.yaml.Mistake;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * {@code ./millrace notify check} and {@code notify test}: read a {@code notify.yaml} as the gateway would, and try its
 * channels. They need no gateway. Exit 0 done, 1 a receiver refuses, 2 wrong usage or file, 3 a receiver is away.
 */
public final class Main {
    private static final int REFUSED = 1;
    private static final int WRONG_USAGE = 2;
    private static final int UNAVAILABLE = 3;
    private static final String USAGE = """
            usage: ./millrace notify check FILE
                   ./millrace notify check --schema
                   ./millrace notify test FILE CHANNEL

            check tells every mistake in a file such as data/notify.yaml as FILE:LINE:COLUMN, also secrets that cannot be
            read; test sends a notification by one of its channels, now. Neither needs a gateway.
              --schema   print the JSON Schema of the file, for editors

            Exit 0 done, 1 the receiver refuses, 2 wrong usage or file, 3 the receiver cannot be reached or is not ready.
            """;

    private final PrintStream out;
    private final PrintStream err;
    private final InstantSource clock;

    Main(PrintStream out, PrintStream err, InstantSource clock) {
        this.out = out;
        this.err = err;
        this.clock = clock;
    }

    public static void main(String[] args) throws InterruptedException {
        System.exit(new Main(System.out, System.err, Clock.systemUTC()).run(List.of(args)));
    }

    /** Returns the exit code. */
    int run(List<String> args) throws InterruptedException {
        if (args.contains("--help")) {
            out.print(USAGE);
            return 0;
        }
        if (args.equals(List.of("check", "--schema"))) {
            out.print(NotifyParser.schema());
            return 0;
        }
        boolean isOption = args.stream().anyMatch(arg -> arg.startsWith("-"));
        if (!isOption && args.size() == 2 && args.getFirst().equals("check")) {
            return check(Path.of(args.get(1)));
        }
        if (!isOption && args.size() == 3 && args.getFirst().equals("test")) {
            return test(Path.of(args.get(1)), args.get(2));
        }
        err.printf("notify: wrong arguments: %s%n", args.isEmpty() ? "none" : String.join(" ", args));
        err.print(USAGE);
        return WRONG_USAGE;
    }

    private int check(Path file) {
        return read(file)
                .map(config -> {
                    out.printf(
                            "%s is fine, channels: %d, routes: %d%n",
                            file, config.channels().size(), config.routes().size());
                    return 0;
                })
                .orElse(WRONG_USAGE);
    }

    /** Tells what is wrong if it gives nothing. */
    private Optional<NotifyConfig> read(Path file) {
        try {
            Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
            return switch (NotifyParser.read(file, folder, true)) {
                case Parsed.Valid(NotifyConfig config) -> Optional.of(config);
                case Parsed.Invalid(List<Mistake> mistakes) -> {
                    mistakes.forEach(err::println);
                    yield Optional.empty();
                }
            };
        } catch (IOException e) {
            err.printf(
                    "%s cannot be read: %s. Give a file of channels and routes such as data/notify.yaml%n",
                    file, FileTrouble.of(e));
            return Optional.empty();
        }
    }

    private int test(Path file, String name) throws InterruptedException {
        Optional<NotifyConfig> config = read(file);
        if (config.isEmpty()) {
            return WRONG_USAGE;
        }
        List<ChannelConfig> channels = config.get().channels();
        Optional<ChannelConfig> channel =
                channels.stream().filter(c -> c.name().equals(name)).findFirst();
        if (channel.isEmpty()) {
            err.printf(
                    "%s has no channel %s, expected one of: %s%n",
                    file, name, channels.stream().map(ChannelConfig::name).collect(Collectors.joining(", ")));
            return WRONG_USAGE;
        }
        String id = UUID.randomUUID().toString();
        var notification = Notification.test(id, name, clock.instant());
        return switch (Channels.open(channel.get(), clock).deliver(notification)) {
            case Delivered() -> {
                out.printf(
                        "%s (%s) has it: notification %s%n", name, channel.get().target(), id);
                yield 0;
            }
            case Refused(String reason) -> {
                err.printf("%s refuses it and would not be asked again: %s%n", name, reason);
                yield REFUSED;
            }
            case Unavailable(String reason, var _) -> {
                err.printf("%s did not take it now; an alert would be tried again: %s%n", name, reason);
                yield UNAVAILABLE;
            }
        };
    }
}
