package io.millrace.gateway.project;

import io.millrace.model.yaml.Mistake;
import io.millrace.projections.Rules;
import io.millrace.projections.Stats;
import io.millrace.store.derive.Derivation;
import io.millrace.store.derive.ProjectionTable;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Has the projections follow the file of rules while the gateway runs: what the file says is derived in a shadow, then
 * takes the place of what is live. A file with a mistake changes nothing. One thread runs it until it is interrupted.
 */
public final class RulesWatch implements Runnable {
    private static final Logger LOG = Logger.getLogger(RulesWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RulesFile file;
    private final EngineProjection projection;
    private final Derivation derivation;
    private final LongSupplier nanos;

    private byte @Nullable [] seen = {};
    private byte @Nullable [] judged = {};
    private boolean hasJudged;
    private WrittenRules wanted;

    /** What {@link #running} derives. */
    private WrittenRules begun;

    private @Nullable CompletableFuture<Long> running;
    private long retryNanos;

    /** A shadow that was to leave the windows alone has failed: perhaps the windows are the reason. */
    private boolean everything;

    private volatile List<String> mistakes = List.of();

    /**
     * @param projection that is live
     * @param nanos monotonic clock
     */
    public RulesWatch(RulesFile file, EngineProjection projection, Derivation derivation, LongSupplier nanos) {
        this.file = file;
        this.projection = projection;
        this.derivation = derivation;
        this.nanos = nanos;
        wanted = projection.wanted();
        begun = wanted;
        retryNanos = nanos.getAsLong();
    }

    /** Why the file as it is now is not followed, a line for each mistake; empty if it is. Any thread. */
    public List<String> mistakes() {
        return mistakes;
    }

    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                look();
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks at the file once. A content counts when it is seen twice: an editor may be in the middle of writing it. */
    public void look() {
        try {
            byte[] content = file.content();
            boolean isSettled = Arrays.equals(content, seen);
            seen = content;
            if (isSettled && !(hasJudged && Arrays.equals(content, judged))) {
                judge(content);
                judged = content;
                hasJudged = true;
            }
        } catch (IOException e) {
            refuse(List.of("%s cannot be read: %s; make it readable".formatted(file.file(), e.getMessage())));
        }
        follow();
    }

    private void judge(byte @Nullable [] content) {
        if (content == null) {
            if (!wanted.sayTheSameAs(WrittenRules.NONE)) {
                refuse(List.of("%s is gone; write 'rules: []' into it to have no rules".formatted(file.file())));
            }
            return;
        }
        switch (WrittenRules.read(file.file().toString(), content)) {
            case WrittenRules.Read.Good(WrittenRules rules) -> {
                mistakes = List.of();
                wanted = rules;
                file.keep();
                projection.want(rules);
            }
            case WrittenRules.Read.Wrong(List<Mistake> found) ->
                refuse(found.stream().map(Mistake::toString).toList());
        }
    }

    private void refuse(List<String> why) {
        if (!why.equals(mistakes)) {
            mistakes = why;
            LOG.errorf(
                    "The rules that were accepted last go on, correct the file: file=%s%n%s",
                    file.file(), String.join("\n", why));
        }
    }

    private void follow() {
        CompletableFuture<Long> shadow = running;
        if (shadow != null && shadow.isDone()) {
            running = null;
            ended(shadow);
        } else if (shadow != null && begun.sayTheSameAs(wanted)) {
            return;
        }
        boolean isLive = wanted.rules().hash().equals(projection.rules().hash());
        if (isLive && running == null) {
            everything = false;
        } else if (nanos.getAsLong() - retryNanos >= 0) {
            begin();
        }
    }

    private void ended(CompletableFuture<Long> shadow) {
        if (shadow.isCompletedExceptionally()) {
            everything = true;
            retryNanos = nanos.getAsLong() + RETRY_NANOS;
            LOG.warnf(
                    "Changed rules are not live yet and are tried again: why=%s",
                    shadow.exceptionNow().getMessage());
        } else {
            LOG.infof("Changed rules are live: position=%d rules=%s", shadow.resultNow(), names(projection.rules()));
        }
    }

    private void begin() {
        Set<ProjectionTable> tables = changed(projection.rules(), wanted.rules());
        LOG.infof("Rules have changed, what follows from them is derived beside what is live: tables=%s", tables);
        begun = wanted;
        running = derivation.replace(new EngineProjection(wanted), tables);
        retryNanos = nanos.getAsLong();
    }

    /** At a limit of the engine, rules decide which windows find room. */
    private Set<ProjectionTable> changed(Rules from, Rules to) {
        Stats stats = projection.stats();
        boolean isFull = stats.seriesRefused() + stats.windowsRefused() + stats.judgementsRefused() > 0;
        return everything || isFull || !from.giveSameWindowsAs(to)
                ? EnumSet.allOf(ProjectionTable.class)
                : EnumSet.of(ProjectionTable.ALERT_TRANSITIONS);
    }

    private static String names(Rules rules) {
        return rules.rules().stream().map(rule -> rule.name()).collect(Collectors.joining(","));
    }
}
