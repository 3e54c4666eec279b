package io.millrace.projections;

import static io.millrace.projections.AlertTransition.Kind.ACKNOWLEDGED;
import static io.millrace.projections.AlertTransition.Kind.CLEARED;
import static io.millrace.projections.AlertTransition.Kind.ESCALATED;
import static io.millrace.projections.AlertTransition.Kind.RAISED;
import static io.millrace.projections.AlertTransition.Kind.SHELVED;
import static io.millrace.projections.AlertTransition.Kind.UNSHELVED;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Glob;
import io.millrace.projections.AlertCommand.Action;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.RuleOptions.Escalation;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What people do about an alert, from raised to cleared. */
final class LifeCycleTest {
    private static final Rule HOT = new Rule(
            "hot",
            Glob.ANY,
            Glob.ANY,
            Optional.empty(),
            new Threshold(Side.ABOVE, 80, 80, 0),
            Severity.MINOR,
            new RuleOptions(List.of(), List.of(new Escalation(90, Severity.MAJOR)), Optional.empty(), List.of()));

    @Test
    void anAcknowledgedAlertSaysByWhomAndWhyAndStaysRaised() {
        var feed = new Feed(HOT).tick(0).live(0, 81).command(5, Action.ACKNOWLEDGE, 0);
        OpenAlert open = feed.engine.openAlerts().getFirst();
        assertThat(open.acknowledged()).isEqualTo(new Note("ada", "why", Feed.START + 5 * Feed.SECOND, 0));
        AlertTransition told = feed.out.transitions.getLast();
        assertThat(told.kind()).isEqualTo(ACKNOWLEDGED);
        assertThat(told.alert()).isEqualTo(open.alert());
        assertThat(told.timeMicros()).isEqualTo(Feed.START + 5 * Feed.SECOND);
        assertThat(told.note()).isEqualTo(open.acknowledged());
    }

    @Test
    void anAlertThatGetsGraverOrIsRaisedAnewIsToBeAcknowledgedAgain() {
        var feed = new Feed(HOT)
                .tick(0)
                .live(0, 81)
                .command(1, Action.ACKNOWLEDGE, 0)
                .live(2, 91);
        assertThat(feed.engine.openAlerts().getFirst().acknowledged()).isNull();
        feed.command(3, Action.ACKNOWLEDGE, 0).live(4, 70).live(5, 81);
        assertThat(feed.engine.openAlerts().getFirst().acknowledged()).isNull();
        kinds(feed, RAISED, ACKNOWLEDGED, ESCALATED, ACKNOWLEDGED, CLEARED, RAISED);
    }

    @Test
    void aShelvedAlertIsShelvedUntilTheTimeIsOverEvenIfItIsRaisedAnew() {
        var feed = new Feed(HOT)
                .tick(0)
                .live(0, 81)
                .command(1, Action.SHELVE, 100)
                .live(2, 70)
                .live(3, 81);
        assertThat(feed.engine.openAlerts().getFirst().shelved())
                .isEqualTo(new Note("ada", "why", Feed.START + Feed.SECOND, Feed.START + 100 * Feed.SECOND));
        feed.tick(99.9);
        kinds(feed, RAISED, SHELVED, CLEARED, RAISED);
        feed.tick(100);
        kinds(feed, RAISED, SHELVED, CLEARED, RAISED, UNSHELVED);
        assertThat(feed.out.transitions.getLast().note()).as("nobody did that").isNull();
        assertThat(feed.engine.openAlerts().getFirst().shelved()).isNull();
        feed.tick(101);
        kinds(feed, RAISED, SHELVED, CLEARED, RAISED, UNSHELVED);
    }

    @Test
    void aShelvingCanBeEndedBefore() {
        var feed =
                new Feed(HOT).tick(0).live(0, 81).command(1, Action.SHELVE, 100).command(2, Action.UNSHELVE, 0);
        assertThat(feed.engine.openAlerts().getFirst().shelved()).isNull();
        feed.command(3, Action.UNSHELVE, 0).tick(100);
        kinds(feed, RAISED, SHELVED, UNSHELVED);
        assertThat(feed.out.transitions.getLast().note()).isNotNull();
    }

    @Test
    void whatIsSaidOfAnAlertThatIsClearedIsLeftAlone() {
        var feed = new Feed(HOT).tick(0).live(0, 81).live(1, 70).command(2, Action.ACKNOWLEDGE, 0);
        kinds(feed, RAISED, CLEARED);
    }

    private static void kinds(Feed feed, AlertTransition.Kind... kinds) {
        assertThat(feed.out.transitions).extracting(AlertTransition::kind).containsExactly(kinds);
    }
}
