package io.millrace.agent.input;

import io.millrace.agent.config.InputConfig;

/** Makes inputs from their configuration. */
public final class Inputs {
    private Inputs() {}

    /**
     * Opens an input; it reads nothing before it runs.
     *
     * @throws InputUnavailableException if something it needs for itself alone is in use, or missing on this system
     */
    public static Input open(InputConfig config, Intake intake, AgentClock clock) throws InputUnavailableException {
        return switch (config) {
            case InputConfig.Csv csv -> new CsvInput(csv, intake, clock);
            case InputConfig.Http http -> HttpInput.open(http, intake, clock);
            case InputConfig.Host host -> host(host, intake, clock);
        };
    }

    private static Input host(InputConfig.Host config, Intake intake, AgentClock clock)
            throws InputUnavailableException {
        try {
            return new HostInput(config, intake, clock, new OshiFigures(config.perCore(), clock));
        } catch (UnsupportedOperationException e) {
            throw new InputUnavailableException(
                    "input %s reads /proc and /sys, which %s does not have; remove it"
                            .formatted(config.name(), System.getProperty("os.name")),
                    e);
        }
    }
}
