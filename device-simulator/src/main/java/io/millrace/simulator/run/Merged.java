package io.millrace.simulator.run;

import io.millrace.simulator.fleet.Part;
import io.millrace.simulator.run.Played.Group;
import io.millrace.simulator.verify.Findings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One outcome of those of all parts of a fleet: as if one process had played it. */
public final class Merged {
    private Merged() {}

    /**
     * What keeps parts from being merged.
     *
     * @param parts by where each is from, as the user names it; 1 or more
     * @return a sentence each; nothing if all parts of one fleet are there, once each
     */
    public static List<String> mistakes(Map<String, Outcome> parts) {
        List<String> mistakes = new ArrayList<>();
        Map.Entry<String, Outcome> first = parts.entrySet().iterator().next();
        var fromByPart = new TreeMap<Integer, String>();
        parts.forEach((from, outcome) -> {
            differs(
                    mistakes,
                    "seed",
                    from,
                    outcome,
                    first,
                    each -> each.played().seed());
            differs(
                    mistakes,
                    "site",
                    from,
                    outcome,
                    first,
                    each -> each.played().site());
            differs(
                    mistakes,
                    "length",
                    from,
                    outcome,
                    first,
                    each -> each.played().seconds() + " s");
            differs(
                    mistakes,
                    "number of parts",
                    from,
                    outcome,
                    first,
                    each -> each.played().part().count());
            differs(mistakes, "comparison", from, outcome, first, Merged::comparison);
            if (mistakes.isEmpty()
                    && !outcome.played()
                            .fingerprint()
                            .equals(first.getValue().played().fingerprint())) {
                mistakes.add("%s: another scenario than in %s, expected the same fleets and faults"
                        .formatted(from, first.getKey()));
            }
            String before = fromByPart.putIfAbsent(outcome.played().part().index(), from);
            if (before != null) {
                mistakes.add("%s: part %s, as %s is, expected each part once"
                        .formatted(from, outcome.played().part(), before));
            }
        });
        int count = first.getValue().played().part().count();
        for (int index = 1; index <= count; index++) {
            if (!fromByPart.containsKey(index)) {
                mistakes.add("part %s is missing, expected all %d".formatted(new Part(index, count), count));
            }
        }
        return mistakes;
    }

    private static String comparison(Outcome outcome) {
        Findings findings = outcome.findings();
        return findings == null
                ? "left out"
                : findings.where() == Findings.Where.STORE ? "with the store" : "by a subscriber";
    }

    private static void differs(
            List<String> mistakes,
            String what,
            String from,
            Outcome outcome,
            Map.Entry<String, Outcome> first,
            Function<Outcome, Object> of) {
        Object is = of.apply(outcome);
        Object expected = of.apply(first.getValue());
        if (!is.equals(expected)) {
            mistakes.add("%s: %s is %s, expected %s as in %s".formatted(from, what, is, expected, first.getKey()));
        }
    }

    /**
     * Counts and rates are summed, delays put together. Where seconds are laid over each other, clocks of several
     * machines say which belong together, and the longest delay of any part stands for all.
     *
     * @param parts without {@link #mistakes}
     */
    public static Outcome of(List<Outcome> parts) {
        Outcome first = parts.getFirst();
        Played played = first.played();
        Instant began = parts.stream()
                .map(Outcome::began)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        var faults = new TreeMap<String, Long>();
        parts.forEach(part -> part.faults().forEach((kind, count) -> faults.merge(kind, count, Long::sum)));
        return new Outcome(
                new Played(
                        played.seed(), played.site(), Part.ALL, played.seconds(), fleets(parts), played.fingerprint()),
                began,
                parts.stream().anyMatch(Outcome::interrupted),
                sum(parts, Outcome::produced),
                sum(parts, Outcome::acknowledged),
                parts.stream().mapToDouble(Outcome::ratePerSecond).sum(),
                parts.stream().map(Outcome::receipt).reduce(Delays::plus).orElseThrow(),
                united(parts, Outcome::visible, Delays::plus),
                united(parts, Outcome::alert, Delays::plus),
                united(parts, Outcome::findings, Findings::plus),
                sum(parts, Outcome::connectionsLost),
                sum(parts, Outcome::refused),
                parts.stream()
                        .map(Outcome::lastError)
                        .filter(error -> !error.isEmpty())
                        .findFirst()
                        .orElse(""),
                faults,
                sum(parts, Outcome::garbageTaken),
                episodes(parts),
                samples(parts, began));
    }

    private static long sum(List<Outcome> parts, ToLongFunction<Outcome> of) {
        return parts.stream().mapToLong(of).sum();
    }

    private static <T> @Nullable T united(
            List<Outcome> parts, Function<Outcome, @Nullable T> of, BinaryOperator<T> plus) {
        return parts.stream()
                .flatMap(part -> Stream.ofNullable(of.apply(part)))
                .reduce(plus)
                .orElse(null);
    }

    private static List<Group> fleets(List<Outcome> parts) {
        List<Group> all = new ArrayList<>();
        for (int i = 0; i < parts.getFirst().played().fleets().size(); i++) {
            int fleet = i;
            Group group = parts.getFirst().played().fleets().get(i);
            int units = parts.stream()
                    .mapToInt(part -> part.played().fleets().get(fleet).units())
                    .sum();
            all.add(new Group(group.name(), group.transport(), units, group.devices(), group.clocksWrong()));
        }
        return all;
    }

    private static List<Struck> episodes(List<Outcome> parts) {
        var byIndex = new TreeMap<Integer, Struck>();
        for (Outcome part : parts) {
            for (Struck struck : part.episodes()) {
                byIndex.merge(
                        struck.episode().index(),
                        struck,
                        (a, b) -> new Struck(a.episode(), a.connections() + b.connections()));
            }
        }
        return byIndex.values().stream()
                .sorted(Comparator.comparingLong(struck -> struck.episode().atMicros()))
                .toList();
    }

    private static List<Sample> samples(List<Outcome> parts, Instant began) {
        var all = new TreeMap<Long, Sample>();
        for (Outcome part : parts) {
            double late = Duration.between(began, part.began()).toMillis() / 1e3;
            var ofPart = new TreeMap<Long, Sample>();
            for (Sample sample : part.samples()) { // the last one is of a part of a second
                ofPart.merge(Math.round(sample.atSeconds() + late), sample, (a, b) -> together(a, b, b.connected()));
            }
            ofPart.forEach((second, sample) ->
                    all.merge(second, sample, (a, b) -> together(a, b, a.connected() + b.connected())));
        }
        return all.entrySet().stream()
                .map(entry -> entry.getValue().at(entry.getKey()))
                .toList();
    }

    private static Sample together(Sample a, Sample b, long connected) {
        return new Sample(
                a.atSeconds(),
                connected,
                a.sent() + b.sent(),
                a.acknowledged() + b.acknowledged(),
                Math.max(a.receiptP50Millis(), b.receiptP50Millis()),
                Math.max(a.receiptP99Millis(), b.receiptP99Millis()),
                Math.max(a.receiptMaxMillis(), b.receiptMaxMillis()),
                Math.max(a.visibleMaxMillis(), b.visibleMaxMillis()),
                a.connectionsLost() + b.connectionsLost(),
                a.refused() + b.refused());
    }
}
