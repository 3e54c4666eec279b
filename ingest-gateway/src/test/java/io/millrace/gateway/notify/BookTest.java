package io.millrace.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.notify.ChannelConfig.Webhook;
import io.millrace.gateway.notify.Notification.Item;
import io.millrace.model.Glob;
import io.millrace.projections.Severity;
import io.millrace.store.derive.TransitionRow;
import io.millrace.store.derive.TransitionRow.Transition;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BookTest {
    private static final Instant T0 = Instant.parse("2026-01-01T03:00:00Z");
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Duration REPEAT = Duration.ofHours(4);
    private static final Route ALL = route("all", List.of("hook"), Severity.WARNING, Map.of(), true);

    private Book book = book(ALL);
    private long position;

    private static Route route(String name, List<String> to, Severity least, Map<Label, Glob> on, boolean cleared) {
        return new Route(name, to, least, on, List.of(Label.RULE, Label.SITE), WAIT, Optional.of(REPEAT), cleared);
    }

    private static Book book(Route... routes) {
        ChannelConfig hook = new Webhook("hook", URI.create("http://127.0.0.1/"), Optional.empty());
        ChannelConfig other = new Webhook("other", URI.create("http://127.0.0.1/"), Optional.empty());
        return new Book(new NotifyConfig(List.of(hook, other), List.of(routes)));
    }

    private TransitionRow row(String id, String device, Transition transition, String severity, boolean retroactive) {
        position++;
        return new TransitionRow(
                T0.getEpochSecond() * 1_000_000,
                position,
                id,
                "hot",
                "plant",
                "gw",
                device,
                "temp",
                transition,
                severity,
                81,
                80,
                "value is 81, above 80",
                retroactive,
                null,
                null,
                transition == Transition.SHELVED
                        ? Long.valueOf(T0.plus(Duration.ofHours(8)).getEpochSecond() * 1_000_000)
                        : null);
    }

    private void fold(String id, Transition transition) {
        book.fold(row(id, "pump-" + id, transition, "major", false));
    }

    private static Instant at(Duration after) {
        return T0.plus(after);
    }

    /** What is decided at that time and handed out for the channel. */
    private List<Item> told(Duration after) {
        book.step(at(after));
        return book.next("hook", at(after)).map(d -> d.notification().alerts()).orElse(List.of());
    }

    private void delivered() {
        for (String id : book.deliveries().map(d -> d.notification().id()).toList()) {
            assertThat(book.done(id)).isPresent();
        }
    }

    private static List<String> changes(List<Item> items) {
        return items.stream()
                .map(i -> i.id() + " " + i.change() + " " + i.state())
                .toList();
    }

    @Test
    void tellsAlertsThatComeWithinTheWaitInOneNotificationAndNotBefore() {
        fold("a", Transition.RAISED);
        assertThat(told(Duration.ZERO)).isEmpty();
        fold("b", Transition.RAISED);
        assertThat(told(WAIT.minusNanos(1_000_000))).isEmpty();
        assertThat(changes(told(WAIT))).containsExactly("a raised open", "b raised open");
    }

    @Test
    void tellsEachTransitionOnceHoweverOftenItIsFolded() {
        var raised = row("a", "pump", Transition.RAISED, "major", false);
        book.fold(raised);
        book.step(T0);
        book.fold(raised);
        assertThat(told(WAIT)).hasSize(1);
        delivered();
        book.fold(raised);
        assertThat(told(WAIT.multipliedBy(3))).isEmpty();
    }

    @Test
    void theSameAlertRaisedAgainAfterRulesWereChangedAndChangedBackHasAnotherKey() {
        var raised = row("a", "pump", Transition.RAISED, "major", false);
        book.fold(raised);
        book.step(T0);
        String first = decided(WAIT).id();
        delivered();
        book.closeAllBut(Set.of(), position, at(WAIT));
        book.step(at(WAIT));
        String cleared = decided(WAIT.multipliedBy(2)).id();
        delivered();
        book.step(at(WAIT.multipliedBy(2)));
        book.fold(raised);
        book.step(at(WAIT.multipliedBy(3)));
        assertThat(decided(WAIT.multipliedBy(4)).id()).isNotIn(first, cleared);
    }

    @Test
    void whatLateDataMadeGraverIsToldWhenItIsConfirmed() {
        book.fold(row("a", "pump", Transition.RAISED, "minor", false));
        book.step(T0);
        told(WAIT);
        delivered();
        fold("a", Transition.ACKNOWLEDGED);
        book.fold(row("a", "pump", Transition.ESCALATED, "critical", true));
        assertThat(told(WAIT.multipliedBy(3))).isEmpty();
        book.fold(row("a", "pump", Transition.CONFIRMED, "critical", false));
        book.step(at(WAIT.multipliedBy(3)));
        assertThat(changes(told(WAIT.multipliedBy(4)))).containsExactly("a escalated open");
    }

    @Test
    void whoTookCareOfItBeforeItWasConfirmedIsNotDisturbed() {
        book.fold(row("a", "pump", Transition.RAISED, "minor", false));
        book.step(T0);
        told(WAIT);
        delivered();
        book.fold(row("a", "pump", Transition.ESCALATED, "critical", true));
        fold("a", Transition.ACKNOWLEDGED);
        book.fold(row("a", "pump", Transition.CONFIRMED, "critical", false));
        book.step(at(WAIT.multipliedBy(3)));
        assertThat(told(WAIT.multipliedBy(4))).isEmpty();
    }

    @Test
    void tellsThatAnAlertIsOverToWhomItWasTold() {
        fold("a", Transition.RAISED);
        book.step(T0);
        told(WAIT);
        delivered();
        fold("a", Transition.CLEARED);
        book.step(at(WAIT));
        assertThat(changes(told(WAIT.multipliedBy(2)))).containsExactly("a cleared cleared");
        delivered();
        book.step(at(WAIT.multipliedBy(3)));
        assertThat(book.states()).isEmpty();
    }

    @Test
    void tellsAnAlertThatWasOverWithinTheWaitOnceAsOver() {
        fold("a", Transition.RAISED);
        book.step(T0);
        fold("a", Transition.CLEARED);
        assertThat(changes(told(WAIT))).containsExactly("a raised cleared");
        delivered();
        assertThat(told(REPEAT.multipliedBy(2))).isEmpty();
    }

    @Test
    void saysNothingOfTheEndIfTheRouteDoesNotWantIt() {
        book = book(route("all", List.of("hook"), Severity.WARNING, Map.of(), false));
        fold("a", Transition.RAISED);
        book.step(T0);
        told(WAIT);
        delivered();
        fold("a", Transition.CLEARED);
        book.step(at(WAIT));
        assertThat(told(WAIT.multipliedBy(2))).isEmpty();
        assertThat(book.tracked()).isZero();
    }

    @Test
    void repeatsWhatIsOpenAndNobodyTakesCareOf() {
        fold("a", Transition.RAISED);
        fold("b", Transition.RAISED);
        book.step(T0);
        told(WAIT);
        delivered();
        fold("b", Transition.ACKNOWLEDGED);
        assertThat(told(WAIT.plus(REPEAT).minusMillis(1))).isEmpty();
        assertThat(changes(told(WAIT.plus(REPEAT)))).containsExactly("a repeated open");
        delivered();
        fold("a", Transition.SHELVED);
        assertThat(told(WAIT.plus(REPEAT).plus(REPEAT).minusMinutes(5))).isEmpty();
        delivered();
        assertThat(changes(told(Duration.ofHours(8).plus(REPEAT)))).containsExactly("a repeated open");
    }

    @Test
    void doesNotTellWhatSomebodyTakesCareOfAlready() {
        fold("a", Transition.RAISED);
        book.step(T0);
        fold("a", Transition.ACKNOWLEDGED);
        assertThat(told(WAIT)).isEmpty();
        book.fold(row("a", "pump-a", Transition.ESCALATED, "critical", false));
        book.step(at(WAIT));
        assertThat(told(WAIT.multipliedBy(2))).singleElement().satisfies(item -> {
            assertThat(item.severity()).isEqualTo("critical");
            assertThat(item.change()).isEqualTo("raised");
        });
    }

    @Test
    void tellsAgainWhatGetsGraverEvenIfItWasAcknowledged() {
        fold("a", Transition.RAISED);
        book.step(T0);
        told(WAIT);
        delivered();
        fold("a", Transition.ACKNOWLEDGED);
        book.fold(row("a", "pump-a", Transition.ESCALATED, "critical", false));
        book.step(at(WAIT));
        assertThat(changes(told(WAIT.multipliedBy(2)))).containsExactly("a escalated open");
    }

    @Test
    void tellsNothingThatIsShelvedAlsoIfItWasRaisedAnew() {
        fold("a", Transition.SHELVED);
        fold("a", Transition.RAISED);
        book.step(T0);
        assertThat(told(WAIT)).isEmpty();
        fold("a", Transition.CLEARED);
        book.fold(row("a2", "pump-a", Transition.RAISED, "major", false));
        assertThat(told(WAIT.multipliedBy(3))).isEmpty();
        assertThat(book.tracked()).isEqualTo(1);
        fold("a", Transition.UNSHELVED);
        book.step(at(WAIT.multipliedBy(4)));
        assertThat(changes(told(WAIT.multipliedBy(5)))).containsExactly("a2 raised open");
    }

    @Test
    void tellsNothingThatLateDataBroughtAbout() {
        book.fold(row("a", "pump", Transition.RAISED, "major", true));
        book.fold(row("a", "pump", Transition.CLEARED, "major", true));
        book.step(T0);
        assertThat(told(WAIT)).isEmpty();
        assertThat(book.states()).isEmpty();
    }

    @Test
    void tellsThatAnAlertIsOverAlsoIfLateDataEndedIt() {
        fold("a", Transition.RAISED);
        book.step(T0);
        told(WAIT);
        delivered();
        book.fold(row("a", "pump-a", Transition.CLEARED, "major", true));
        book.step(at(WAIT));
        assertThat(changes(told(WAIT.multipliedBy(2)))).containsExactly("a cleared cleared");
    }

    @Test
    void aRouteTakesWhatMatchesAndIsGraveEnough() {
        book = book(route("grave", List.of("hook"), Severity.MAJOR, Map.of(Label.DEVICE, Glob.of("pump-*")), true));
        book.fold(row("a", "fan-1", Transition.RAISED, "critical", false));
        book.fold(row("b", "pump-1", Transition.RAISED, "minor", false));
        book.fold(row("c", "pump-2", Transition.RAISED, "critical", false));
        book.step(T0);
        book.fold(row("b", "pump-1", Transition.ESCALATED, "major", false));
        assertThat(changes(told(WAIT))).containsExactly("c raised open", "b raised open");
    }

    @Test
    void whatChangesWhileAReceiverIsAwayComesInOneNotificationAfterwards() {
        fold("a", Transition.RAISED);
        book.step(T0);
        told(WAIT);
        String first = book.next("hook", at(WAIT)).orElseThrow().notification().id();
        book.failed(first, at(Duration.ofMinutes(5)), "away");
        for (int i = 0; i < 50; i++) {
            fold("x" + i, Transition.RAISED);
            fold("x" + i, Transition.CLEARED);
        }
        fold("a", Transition.CLEARED);
        book.step(at(Duration.ofMinutes(4)));
        assertThat(book.next("hook", at(Duration.ofMinutes(4)))).isEmpty();
        assertThat(book.next("hook", at(Duration.ofMinutes(5)))
                        .orElseThrow()
                        .notification()
                        .id())
                .isEqualTo(first);
        book.done(first);
        List<Item> then = told(Duration.ofMinutes(5));
        assertThat(then).hasSize(51).allMatch(item -> item.state().equals("cleared"));
    }

    @Test
    void aNotificationKeepsItsIdOverRestartsAndIsTheSameWhenDecidedAgain() {
        fold("a", Transition.RAISED);
        book.step(T0);
        List<Group.State> before = book.states();
        Notification decided = decided(WAIT);
        List<Group.State> after = book.states();

        book = book(ALL);
        assertThat(book.restore(before)).isEmpty();
        assertThat(decided(WAIT.plusSeconds(7)).id()).isEqualTo(decided.id());

        book = book(ALL);
        assertThat(book.restore(after)).isEmpty();
        assertThat(decided(WAIT)).isEqualTo(decided);
    }

    private Notification decided(Duration after) {
        book.step(at(after));
        return book.next("hook", at(after)).orElseThrow().notification();
    }

    @Test
    void everyRepeatHasAnIdOfItsOwn() {
        fold("a", Transition.RAISED);
        book.step(T0);
        var ids = new java.util.HashSet<String>();
        for (int i = 0; i < 5; i++) {
            ids.add(decided(WAIT.plus(REPEAT.multipliedBy(i))).id());
            delivered();
        }
        assertThat(ids).hasSize(5);
    }

    @Test
    void channelsAreIndependentOfEachOther() {
        book = book(route("all", List.of("hook", "other"), Severity.WARNING, Map.of(), true));
        fold("a", Transition.RAISED);
        book.step(T0);
        book.step(at(WAIT));
        Delivery hook = book.next("hook", at(WAIT)).orElseThrow();
        Delivery other = book.next("other", at(WAIT)).orElseThrow();
        assertThat(hook.notification().id()).isNotEqualTo(other.notification().id());
        book.failed(hook.notification().id(), at(REPEAT), "away");
        book.done(other.notification().id());
        assertThat(book.deliveries().map(d -> d.notification().channel())).containsExactly("hook");
    }

    @Test
    void whatWasNeverTriedGoesBeforeWhatFailed() {
        fold("a", Transition.RAISED);
        book.step(T0);
        book.step(at(WAIT));
        String first = book.next("hook", at(WAIT)).orElseThrow().notification().id();
        book.failed(first, at(WAIT), "HTTP 500");
        var other = row("b", "pump-b", Transition.RAISED, "major", false);
        book.fold(new TransitionRow(
                other.atMicros(),
                other.position(),
                "b",
                "cold",
                "plant",
                "gw",
                "pump-b",
                "temp",
                Transition.RAISED,
                "minor",
                1,
                2,
                "",
                false,
                null,
                null,
                null));
        book.step(at(WAIT));
        book.step(at(WAIT.multipliedBy(2)));
        assertThat(book.next("hook", at(WAIT.multipliedBy(2)))
                        .orElseThrow()
                        .notification()
                        .group())
                .containsEntry("rule", "cold");
    }

    @Test
    void givesUpWhatHasNoChannelAnyMore() {
        fold("a", Transition.RAISED);
        book.step(T0);
        book.step(at(WAIT));
        List<Group.State> states = book.states();
        book = book(route("another", List.of("hook"), Severity.WARNING, Map.of(), true));
        assertThat(book.restore(states)).hasSize(1);
        assertThat(book.states()).isEmpty();
    }

    @Test
    void closesWhatIsNotWatchedAnyMoreAndNothingNewer() {
        fold("a", Transition.RAISED);
        book.step(T0);
        told(WAIT);
        delivered();
        fold("b", Transition.RAISED);
        book.closeAllBut(Set.of(), 1, at(WAIT));
        book.step(at(WAIT));
        assertThat(changes(told(WAIT.multipliedBy(2)))).containsExactlyInAnyOrder("a cleared cleared", "b raised open");
    }

    @Test
    void tellsHowManyWereTooManyAndListsTheGravest() {
        IntStream.range(0, Book.ALERTS_MAX + 5).forEach(i -> fold("n" + i, Transition.RAISED));
        book.step(T0);
        Notification told = decided(WAIT);
        assertThat(told.alerts()).hasSize(Notification.ALERTS_MAX);
        assertThat(told.alertsTotal()).isEqualTo(Book.ALERTS_MAX);
        assertThat(told.leftOut()).isEqualTo(5);
        assertThat(book.leftOut()).isEqualTo(5);
        assertThat(told.text()).contains("9900 more", "5 could not be told");
    }

    @Test
    void aClockThatWasPutBackHoldsNothingUp() {
        fold("a", Transition.RAISED);
        book.step(at(Duration.ofDays(1)));
        assertThat(told(Duration.ZERO)).hasSize(1);
        String id = book.next("hook", T0).orElseThrow().notification().id();
        book.failed(id, at(Duration.ofDays(1)), "away");
        assertThat(book.next("hook", T0)).isPresent();
    }
}
