package io.millrace.agent.config;

import io.millrace.agent.spool.SpoolConfig;
import io.millrace.agent.uplink.Backfill;
import java.net.URI;
import java.util.List;

/**
 * An agent as its operator wants it; {@link AgentConfigReader} makes it from a file.
 *
 * @param mqtt the broker, {@code mqtt://HOST:PORT}
 * @param spool with site, agent and lanes
 * @param backfill how a backlog drains beside live events
 * @param inputs at least one; their names differ
 */
public record AgentConfig(URI mqtt, SpoolConfig spool, Backfill backfill, List<InputConfig> inputs) {
    public static final int INPUTS_MAX = 64;

    public AgentConfig {
        inputs = List.copyOf(inputs);
    }

    /** Names of the inputs that run until they are stopped. */
    public List<String> inputsThatDoNotEnd() {
        return inputs.stream()
                .filter(input -> !(input instanceof InputConfig.Csv csv) || csv.follow())
                .map(InputConfig::name)
                .toList();
    }
}
