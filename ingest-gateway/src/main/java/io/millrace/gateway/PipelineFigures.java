package io.millrace.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.gateway.commit.CommitFigures;
import io.millrace.gateway.commit.Inbox;
import io.millrace.gateway.mqtt.MqttReceipts;
import io.millrace.gateway.mqtt.StrayTopics;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What the gateway counts from the broker to the commit, as metrics and for the page's strip. */
@Singleton
public final class PipelineFigures implements CommitFigures {
    private final Counter events;
    private final Counter entries;
    private final Counter unavailable;
    private final Timer commits;
    private final Timer answers;
    private volatile double restingPart;

    PipelineFigures(MeterRegistry registry, Inbox inbox, MqttReceipts receipts, StrayTopics strays) {
        events = Counter.builder("millrace.log.events")
                .description("Events committed to the log, repeats included")
                .register(registry);
        entries = Counter.builder("millrace.log.entries")
                .description("Entries committed to the log")
                .register(registry);
        unavailable = Counter.builder("millrace.log.unavailable")
                .description("Appends that the log could not take; they are tried again")
                .register(registry);
        commits = timer(registry, "millrace.log.commit", "Duration of a commit, the flush to the disk included");
        answers = timer(registry, "millrace.receipt.delay", "From a message's arrival to its receipt or PUBACK");
        Gauge.builder("millrace.inbox.messages", inbox, Inbox::messages)
                .description("Messages that wait for the commit loop, at most " + Inbox.MESSAGES_MAX)
                .register(registry);
        Gauge.builder("millrace.inbox.bytes", inbox, Inbox::bytes)
                .description("Bytes that wait for the commit loop, at most about " + Inbox.BYTES_MAX)
                .register(registry);
        Gauge.builder("millrace.admission.resting", this, f -> f.restingPart)
                .description("Part of the time, 0 to 1, that admission rests because read models are behind")
                .register(registry);
        FunctionCounter.builder("millrace.receipts.sent", receipts, MqttReceipts::sent)
                .register(registry);
        FunctionCounter.builder("millrace.receipts.dropped", receipts, MqttReceipts::dropped)
                .description("Receipts not sent because the broker takes none; agents send again")
                .register(registry);
        FunctionCounter.builder("millrace.strays.dropped", strays, StrayTopics::dropped)
                .description("Messages of topics that are none of ours beyond what becomes dead letters")
                .register(registry);
    }

    @Override
    public void resting(double part) {
        restingPart = part;
    }

    private static Timer timer(MeterRegistry registry, String name, String description) {
        return Timer.builder(name)
                .description(description)
                .publishPercentiles(0.5, 0.99)
                .distributionStatisticExpiry(Duration.ofSeconds(30))
                .register(registry);
    }

    @Override
    public void committed(int entryCount, int eventCount, long nanos) {
        entries.increment(entryCount);
        events.increment(eventCount);
        commits.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void answered(long nanos) {
        answers.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void unavailable() {
        unavailable.increment();
    }

    /** Events committed since the start, repeats included. */
    public long events() {
        return (long) events.count();
    }

    /** From a message's arrival to its receipt, over about the last 30 s. */
    public Timer receiptDelay() {
        return answers;
    }
}
