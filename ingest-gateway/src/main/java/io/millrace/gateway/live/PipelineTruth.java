package io.millrace.gateway.live;

import io.millrace.gateway.PipelineFigures;
import io.millrace.gateway.commit.ReadModelLag;
import io.millrace.gateway.live.Backlogs.Drain;
import io.millrace.gateway.live.Backlogs.Source;
import io.millrace.gateway.live.Pipeline.Agent;
import io.millrace.gateway.project.RulesWatch;
import io.millrace.store.Store;
import io.millrace.store.derive.Derivation;
import io.millrace.store.ledger.LedgerView;
import io.millrace.store.ledger.StreamAccount;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Gathers what the strip shows from where it is known. */
@Singleton
public final class PipelineTruth {
    private static final int SAMPLES_MAX = 4;

    /** Newer than this is given again instead of counted again. */
    private static final long KEPT_MILLIS = 500;

    private final Store store;
    private final PipelineFigures figures;
    private final RulesWatch rules;
    private final Clock clock;
    private final String mqtt;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final Backlogs drains = new Backlogs();
    private @Nullable Pipeline kept;

    private record Sample(long millis, long events) {}

    PipelineTruth(
            Store store,
            PipelineFigures figures,
            RulesWatch rules,
            Clock clock,
            @ConfigProperty(name = "millrace.mqtt") String mqtt) {
        this.store = store;
        this.rules = rules;
        this.figures = figures;
        this.clock = clock;
        this.mqtt = mqtt;
    }

    /** Notes how much has come in; called about once a second. */
    synchronized void sample() {
        samples.addLast(new Sample(clock.millis(), figures.events()));
        if (samples.size() > SAMPLES_MAX) {
            samples.removeFirst();
        }
        if (drains.isDue(clock.millis())) {
            drains.sample(clock.millis(), backlogs(store.ledger().streams(stream -> true)));
        }
    }

    /** How things stand now, or stood less than half a second ago. */
    public synchronized Pipeline now() {
        if (kept == null || clock.millis() - kept.asOf().toEpochMilli() > KEPT_MILLIS) {
            kept = gather();
        }
        return kept;
    }

    private Pipeline gather() {
        LedgerView ledger = store.ledger();
        List<StreamAccount> streams = ledger.streams(stream -> true);
        List<Agent> agents = agents(ledger, streams);
        Derivation.Progress progress = store.derivation().progress();
        return new Pipeline(
                clock.instant(),
                mqtt,
                eventsPerSecond(),
                receiptDelay(),
                progress.position(),
                progress.head(),
                ReadModelLag.of(progress, ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()))
                                .micros()
                        / 1e6,
                progress.rebuild().map(Pipeline.Rebuild::of).orElse(null),
                rules.mistakes(),
                store.derivation().latest().size(),
                agents.size(),
                agents.stream()
                        .sorted(Comparator.comparingLong(Agent::backlog).reversed())
                        .limit(Pipeline.AGENTS_MAX)
                        .toList(),
                totals(streams),
                Pipeline.Plain.of(ledger.plain()));
    }

    private double eventsPerSecond() {
        Sample oldest = samples.peekFirst();
        Sample newest = samples.peekLast();
        if (oldest == null || newest == null || newest.millis <= oldest.millis) {
            return 0;
        }
        return (newest.events - oldest.events) * 1000.0 / (newest.millis - oldest.millis);
    }

    private Pipeline.@Nullable Delay receiptDelay() {
        double[] millis = Arrays.stream(figures.receiptDelay().takeSnapshot().percentileValues())
                .mapToDouble(p -> p.value(TimeUnit.MILLISECONDS))
                .toArray();
        boolean none = millis.length < 2 || millis[1] == 0;
        return none ? null : new Pipeline.Delay(millis[0], millis[1]);
    }

    /** All agents that are known, by their status or their events. */
    private List<Agent> agents(LedgerView ledger, List<StreamAccount> streams) {
        Map<Source, Long> backlogs = backlogs(streams);
        Map<Source, Agent> agents = new LinkedHashMap<>();
        backlogs.forEach((source, backlog) -> agents.put(source, agent(source, false, backlog)));
        for (LedgerView.AgentState a : ledger.agents()) {
            var source = new Source(a.site(), a.agent());
            agents.put(source, agent(source, a.online(), backlogs.getOrDefault(source, 0L)));
        }
        return List.copyOf(agents.values());
    }

    private Agent agent(Source source, boolean online, long backlog) {
        Drain drain = backlog == 0 ? null : drains.drain(source);
        return new Agent(
                source.site(),
                source.agent(),
                online,
                backlog,
                drain == null ? null : drain.eventsPerSecond(),
                drain == null ? null : backlog / drain.eventsPerSecond());
    }

    private static Map<Source, Long> backlogs(List<StreamAccount> streams) {
        Map<Source, Long> backlogs = new LinkedHashMap<>();
        for (StreamAccount s : streams) {
            backlogs.merge(new Source(s.stream().site(), s.stream().agent()), s.waiting(), Long::sum);
        }
        return backlogs;
    }

    private static Pipeline.Totals totals(List<StreamAccount> streams) {
        long produced = 0;
        long stored = 0;
        long deadLettered = 0;
        long gaps = 0;
        long waiting = 0;
        long missing = 0;
        long retired = 0;
        for (StreamAccount s : streams) {
            produced += s.produced();
            stored += s.stored();
            deadLettered += s.deadLettered();
            gaps += s.dropped().values().stream().mapToLong(Long::longValue).sum();
            waiting += s.waiting();
            missing += s.missing();
            retired += s.retired();
        }
        return new Pipeline.Totals(produced, stored, deadLettered, gaps, waiting, missing, retired);
    }
}
