package io.millrace.gateway;

import io.millrace.gateway.admit.Admission;
import io.millrace.gateway.admit.PlainEvents;
import io.millrace.gateway.admit.SeriesRegistry;
import io.millrace.gateway.commit.CommitLoop;
import io.millrace.gateway.commit.Inbox;
import io.millrace.gateway.commit.ReadModelLag;
import io.millrace.gateway.mqtt.BrokerDrops;
import io.millrace.gateway.mqtt.MqttReceipts;
import io.millrace.gateway.mqtt.StrayTopics;
import io.millrace.gateway.notify.Notifier;
import io.millrace.gateway.notify.NotifyFile;
import io.millrace.gateway.notify.Transitions;
import io.millrace.gateway.project.EngineProjection;
import io.millrace.gateway.project.RulesFile;
import io.millrace.gateway.project.RulesWatch;
import io.millrace.model.wire.Durability;
import io.millrace.store.Store;
import io.millrace.store.StoreConfig;
import io.millrace.store.StoreOpenException;
import io.millrace.store.TableHealth;
import io.millrace.store.derive.LatestValue;
import io.millrace.store.derive.LiveListener;
import io.smallrye.reactive.messaging.providers.extension.HealthCenter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** Makes the parts and gives each what it needs; the only place that knows the system's clocks. */
@ApplicationScoped
class Wiring {
    @Produces
    @Singleton
    GatewayConfig config(Settings settings) {
        return new GatewayConfig(
                settings.data(),
                settings.mqtt(),
                settings.sql().port(),
                settings.durability(),
                settings.commitEvery(),
                settings.retention(),
                settings.exitWithParent());
    }

    @Produces
    @Singleton
    Inbox inbox() {
        return new Inbox();
    }

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Store store(
            GatewayConfig config,
            Clock clock,
            EngineProjection projection,
            NotifyFile notifications,
            LiveListener live,
            Transitions transitions)
            throws StoreOpenException, InterruptedException {
        var durability = Durability.valueOf(config.durability().toUpperCase(Locale.ROOT));
        var storeConfig = new StoreConfig(config.data(), config.sqlPort(), durability);
        return Store.open(storeConfig, clock, new PlainEvents(), projection, (fresh, windows, rows) -> {
            transitions.folded(fresh.position(), rows);
            live.folded(fresh, windows, rows);
        });
    }

    void closeStore(@Disposes Store store) {
        store.close();
    }

    @Produces
    @Singleton
    RulesFile rules(GatewayConfig config) {
        return RulesFile.in(config.data());
    }

    @Produces
    @Singleton
    EngineProjection projection(RulesFile rules) {
        return EngineProjection.of(rules);
    }

    @Produces
    @Singleton
    RulesWatch rulesWatch(RulesFile rules, EngineProjection projection, Store store) {
        return new RulesWatch(rules, projection, store.derivation(), System::nanoTime);
    }

    /** Read before the store is opened, so that mistakes are told in a second. */
    @Produces
    @Singleton
    NotifyFile notifyFile(GatewayConfig config) {
        return NotifyFile.read(config.data());
    }

    @Produces
    @Singleton
    Transitions transitions(EngineProjection projection) {
        return new Transitions(projection::openAlerts);
    }

    @Produces
    @Singleton
    Notifier notifier(NotifyFile file, Store store, Transitions transitions, Clock clock) {
        return file.notifier(store, transitions, clock, new SplittableRandom());
    }

    @Produces
    @Singleton
    MqttReceipts receipts(GatewayConfig config) {
        return new MqttReceipts(config.mqtt().getHost(), config.mqttPort());
    }

    void closeReceipts(@Disposes MqttReceipts receipts) {
        receipts.close();
    }

    @Produces
    @Singleton
    StrayTopics strays(GatewayConfig config, Inbox inbox, HealthCenter channels) {
        return new StrayTopics(
                config.mqtt().getHost(),
                config.mqttPort(),
                inbox,
                () -> channels.getReadiness().isOk());
    }

    void closeStrays(@Disposes StrayTopics strays) {
        strays.close();
    }

    @Produces
    @Singleton
    SeriesRegistry series(Store store) {
        var registry = new SeriesRegistry();
        for (LatestValue latest : store.derivation().latest()) {
            registry.admit(latest.site(), latest.agent(), latest.series());
        }
        return registry;
    }

    @Produces
    @Singleton
    RetentionSchedule retention(GatewayConfig config, Store store, Inbox inbox, Clock clock) {
        return new RetentionSchedule(config.retention(), store, inbox, clock);
    }

    @Produces
    @Singleton
    CommitLoop commitLoop(
            GatewayConfig config,
            Clock clock,
            Inbox inbox,
            SeriesRegistry registry,
            Store store,
            MqttReceipts receipts,
            PipelineFigures figures) {
        return new CommitLoop(
                inbox,
                new Admission(registry),
                store.log(),
                store.derivation(),
                receipts,
                figures,
                new ReadModelLag(store.derivation()::progress, () -> applyLagMillis(store)),
                brokerDrops(config, store)::more,
                () -> ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()),
                System::nanoTime,
                config.commitEvery());
    }

    private static BrokerDrops brokerDrops(GatewayConfig config, Store store) {
        long headAtStart = store.log().head();
        return new BrokerDrops(
                config.data().resolve("broker").resolve("dropped"),
                () -> store.ledger().position() < headAtStart
                        ? OptionalLong.empty()
                        : OptionalLong.of(store.ledger().plain().brokerDropped()));
    }

    private static long applyLagMillis(Store store) {
        return store.health().stream()
                .mapToLong(TableHealth::behindMillis)
                .max()
                .orElse(0);
    }
}
