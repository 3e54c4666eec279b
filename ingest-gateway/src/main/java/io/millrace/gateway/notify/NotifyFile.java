package io.millrace.gateway.notify;

import io.millrace.gateway.AcceptedFile;
import io.millrace.model.yaml.Mistake;
import io.millrace.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;

/** Whom to tell of what: {@code notify.yaml} in the data folder, read once at start. */
public final class NotifyFile {
    private final NotifyConfig config;
    private final Path data;

    private NotifyFile(NotifyConfig config, Path data) {
        this.config = config;
        this.data = data;
    }

    /**
     * Reads the file; without it nobody is told.
     *
     * @param data folder of file and outbox
     * @throws IllegalArgumentException with every mistake, a line each, if no file was accepted before
     */
    public static NotifyFile read(Path data) {
        return new NotifyFile(
                AcceptedFile.read(
                        data.resolve("notify.yaml"),
                        data.resolve("run").resolve("notify.accepted"),
                        file -> parse(file, data),
                        NotifyConfig.NONE),
                data);
    }

    private static NotifyConfig parse(Path file, Path data) {
        try {
            return switch (NotifyParser.read(file, data, false)) {
                case NotifyParser.Parsed.Valid(NotifyConfig config) -> config;
                case NotifyParser.Parsed.Invalid(List<Mistake> mistakes) ->
                    throw AcceptedFile.refused("notifications", mistakes);
            };
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "%s cannot be read: %s. Without it nobody is told of alerts; make it readable"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    /**
     * Makes a notifier that is still to be run.
     *
     * @param transitions hears of everything that the store's derivation tells
     * @param random for times between attempts
     */
    public Notifier notifier(Store store, Transitions transitions, InstantSource clock, RandomGenerator random) {
        var outbox = new OutboxFile(data.resolve("notify").resolve("outbox"));
        return new Notifier(config, new Notifier.Parts(outbox, store, transitions, clock, new BackOff(random)));
    }
}
