package io.millrace.gateway;

import io.millrace.gateway.commit.CommitLoop;
import io.millrace.gateway.notify.Notifier;
import io.millrace.gateway.project.RulesWatch;
import io.millrace.store.Store;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import org.jboss.logging.Logger;

/** Starts the commit loop before the first message can come, and ends it before the store is closed. */
@ApplicationScoped
class Lifecycle {
    private static final Logger LOG = Logger.getLogger(Lifecycle.class);
    private static final Duration STOP_MAX = Duration.ofSeconds(8);

    /** What is cut off is told after the next start. */
    private static final Duration NOTIFIER_STOP_MAX = Duration.ofSeconds(2);

    /** Before the connectors, which start at 1000. */
    private static final int BEFORE_CONNECTORS = 500;

    private final GatewayConfig config;
    private final Thread commits;
    private final Thread retention;
    private final Thread notifications;
    private final Thread rules;

    /**
     * @param figures made here so that they are there from the beginning
     */
    Lifecycle(
            GatewayConfig config,
            CommitLoop loop,
            RetentionSchedule schedule,
            Notifier notifier,
            RulesWatch watch,
            ProjectionFigures figures) {
        this.config = config;
        notifications = Thread.ofVirtual().name("notify").unstarted(notifier);
        rules = Thread.ofVirtual().name("rules-watch").unstarted(watch);
        retention = Thread.ofVirtual().name("retention").unstarted(schedule);
        commits = Thread.ofPlatform()
                .name("commit-loop")
                .uncaughtExceptionHandler(Lifecycle::exitWithoutLoop)
                .unstarted(loop);
    }

    void start(@Observes @Priority(BEFORE_CONNECTORS) StartupEvent event, Store store) {
        LOG.infof("Store is open: position=%d sql=%s", store.log().head(), store.sqlAddress());
        commits.start();
        retention.start();
        notifications.start();
        rules.start();
        if (config.exitWithParent()) {
            Thread.ofPlatform().name("parent-watch").daemon().start(Lifecycle::exitWithParent);
        }
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        rules.interrupt();
        retention.interrupt();
        notifications.interrupt();
        commits.interrupt();
        if (!commits.join(STOP_MAX)) {
            LOG.warnf("Commit loop did not end in %s, the store closes all the same", STOP_MAX);
        }
        notifications.join(NOTIFIER_STOP_MAX);
    }

    /** Without the loop nothing is taken in, so whoever watches the process has to see its end. */
    private static void exitWithoutLoop(Thread loop, Throwable defect) {
        LOG.fatalf(defect, "Commit loop met a defect, the gateway ends to be started again. Please report it");
        Quarkus.asyncExit(1);
    }

    /** The parent holds the other end of our standard input: its end, however it died, is ours. */
    private static void exitWithParent() {
        try {
            while (System.in.read() >= 0) {
                // what comes does not matter
            }
        } catch (IOException e) {
            LOG.debugf("Standard input failed: cause=%s", e);
        }
        Quarkus.asyncExit(0);
    }
}
