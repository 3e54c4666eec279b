package io.millrace.agent;

import io.millrace.agent.config.AgentConfig;
import io.millrace.agent.config.InputConfig;
import io.millrace.agent.input.AgentClock;
import io.millrace.agent.input.Input;
import io.millrace.agent.input.InputEnd;
import io.millrace.agent.input.InputUnavailableException;
import io.millrace.agent.input.Inputs;
import io.millrace.agent.input.Intake;
import io.millrace.agent.input.SpoolIntake;
import io.millrace.agent.spool.Spool;
import io.millrace.agent.uplink.Uplink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running agent: its inputs, each on a thread of its own, between them the spool, and the uplink behind it. */
final class Agent implements AutoCloseable {
    private static final Duration INPUTS_STOP_MAX = Duration.ofSeconds(3);
    private static final Duration DRAIN_POLL = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    private final Spool spool;
    private final Uplink uplink;
    private final List<Input> inputs;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, InputEnd> endByInput = new LinkedHashMap<>();
    private final CountDownLatch allEnded;

    private Agent(Spool spool, Uplink uplink, List<Input> inputs) {
        this.spool = spool;
        this.uplink = uplink;
        this.inputs = inputs;
        this.allEnded = new CountDownLatch(inputs.size());
    }

    /**
     * Starts everything.
     *
     * @param spool owned by the agent from now on, also when this fails
     * @param uplink not started yet; owned as well
     */
    static Agent start(AgentConfig config, Spool spool, Uplink uplink, AgentClock clock)
            throws InputUnavailableException {
        var agent = new Agent(spool, uplink, open(config, spool, clock));
        uplink.start();
        for (Input input : agent.inputs) {
            agent.threads.add(Thread.ofPlatform().name(input.name()).start(() -> agent.run(input)));
        }
        return agent;
    }

    private static List<Input> open(AgentConfig config, Spool spool, AgentClock clock)
            throws InputUnavailableException {
        Intake intake = new SpoolIntake(spool, config.spool().laneNames());
        var inputs = new ArrayList<Input>();
        try {
            for (InputConfig input : config.inputs()) {
                inputs.add(Inputs.open(input, intake, clock));
            }
            return inputs;
        } catch (InputUnavailableException e) {
            inputs.forEach(Input::close);
            spool.close();
            throw e;
        }
    }

    private void run(Input input) {
        try {
            InputEnd end = input.run();
            switch (end) {
                case InputEnd.Finished(long events, long refused) ->
                    log.info("Input read to its end: input={} events={} refusedRows={}", input.name(), events, refused);
                case InputEnd.Unfit(String reason) -> log.error("Input ended: {}", reason);
                case InputEnd.Unreachable(String reason) -> log.error("Input ended: {}", reason);
            }
            synchronized (endByInput) {
                endByInput.put(input.name(), end);
            }
            allEnded.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // stopped by close, so it did not end by itself
        } catch (RuntimeException e) {
            log.error("Input {} ended by a fault of the agent; the others go on. Please report it", input.name(), e);
            allEnded.countDown();
        }
    }

    /** Waits until all inputs have ended by themselves. */
    void awaitInputs() throws InterruptedException {
        allEnded.await();
    }

    /** Waits until all that inputs handed over has its receipt; without a broker that is for ever. */
    void awaitDrained() throws InterruptedException {
        boolean isDrained = false;
        while (!isDrained) {
            isDrained = uplink.awaitDrained(DRAIN_POLL);
        }
    }

    /** How the inputs ended that have, by their names; one that failed by a fault of ours is not among them. */
    Map<String, InputEnd> ends() {
        synchronized (endByInput) {
            return new LinkedHashMap<>(endByInput);
        }
    }

    int inputs() {
        return inputs.size();
    }

    /** Ends inputs, tells the gateway, and leaves what has no receipt on disk for the next start. Idempotent. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        inputs.forEach(Input::close);
        long deadline = System.nanoTime() + INPUTS_STOP_MAX.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        uplink.close();
        spool.close();
    }
}
