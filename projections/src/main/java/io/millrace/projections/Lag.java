package io.millrace.projections;

import io.millrace.model.Glob;
import io.millrace.model.Series;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;

/**
 * The rule built in for the projections themselves: {@value Rule#PROJECTION_LAG}. What it judges is in the ticks, as the
 * gateway measured it when it logged them.
 */
final class Lag {
    private static final double RAISE_SECONDS = 10;
    private static final double CLEAR_SECONDS = 5;
    private static final long FOR_MICROS = 30_000_000L;

    private static final Threshold BEHIND = new Threshold(Side.ABOVE, RAISE_SECONDS, CLEAR_SECONDS, FOR_MICROS);
    private static final Rule RULE =
            new Rule(Rule.PROJECTION_LAG, Glob.ANY, Glob.ANY, Optional.empty(), BEHIND, Severity.MAJOR);
    private static final Series SERIES = new Series("gateway", Rule.PROJECTION_LAG, "s");

    private final Turn turn;
    private final Judgement judgement;

    /** The tick's time, which goes on also while the wall clock has gone back. */
    private long atMicros = Long.MIN_VALUE;

    private long receivedMicros;

    Lag(Turn turn) {
        this.turn = turn;
        judgement = new Judgement(RULE, new SeriesState("millrace", "gateway", SERIES, Plans.ofAgent(turn)), false);
    }

    void tick(long lagMicros) {
        long next = atMicros == Long.MIN_VALUE ? turn.wallMicros : atMicros + turn.receivingMicros - receivedMicros;
        atMicros = Math.max(next, turn.wallMicros);
        receivedMicros = turn.receivingMicros;
        judgement.judge(BEHIND, atMicros, lagMicros / 1e6, false, turn);
    }

    void write(DataOutput to) throws IOException {
        to.writeLong(atMicros);
        to.writeLong(receivedMicros);
        judgement.write(to);
    }

    void read(DataInput from) throws IOException {
        atMicros = from.readLong();
        receivedMicros = from.readLong();
        judgement.read(from, turn);
    }
}
