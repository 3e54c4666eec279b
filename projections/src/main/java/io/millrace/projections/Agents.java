package io.millrace.projections;

import io.millrace.model.Glob;
import io.millrace.model.Series;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Agents that were gone at least once, and the rule built in for them: {@value Rule#AGENT_OFFLINE}. While one is gone its
 * devices are silent for that reason, so their no-data rules raise nothing.
 */
final class Agents {
    /** An agent that is back by then was started again, say: nobody need know. */
    static final long GONE_MICROS_MIN = 30_000_000L;

    private static final Rule OFFLINE =
            new Rule(Rule.AGENT_OFFLINE, Glob.ANY, Glob.ANY, Optional.empty(), new Condition.Offline(), Severity.MAJOR);

    private final Turn turn;
    private final Map<Name, Agent> agents = new LinkedHashMap<>();

    private record Name(String site, String agent) {}

    private static final class Agent {
        final Judgement judgement;
        boolean gone;

        /** In receiving time. */
        long goneMicros;

        Agent(Judgement judgement) {
            this.judgement = judgement;
        }
    }

    Agents(Turn turn) {
        this.turn = turn;
    }

    void heard(String site, String name, boolean gone) {
        Agent agent = agents.get(new Name(site, name));
        if (agent == null && !gone) {
            return;
        }
        if (agent == null && turn.judgements >= turn.limits.judgementsMax()) {
            turn.judgementsRefused++;
            return;
        }
        if (agent == null) {
            agent = add(new Name(site, name));
        }
        if (gone && !agent.gone) {
            agent.goneMicros = turn.receivingMicros;
        } else if (!gone) {
            agent.judgement.heard(GONE_MICROS_MIN, turn.receivingMicros - agent.goneMicros, turn);
        }
        agent.gone = gone;
        turn.inhibition.offline(site, name, gone);
    }

    private Agent add(Name name) {
        var series = new Series(name.agent, "agent", "");
        var agent = new Agent(
                new Judgement(OFFLINE, new SeriesState(name.site, name.agent, series, Plans.ofAgent(turn)), false));
        agents.put(name, agent);
        turn.judgements++;
        return agent;
    }

    void tick() {
        for (Agent agent : agents.values()) {
            if (agent.gone) {
                agent.judgement.silent(GONE_MICROS_MIN, turn.receivingMicros - agent.goneMicros, turn);
            }
        }
    }

    void write(DataOutput to) throws IOException {
        to.writeInt(agents.size());
        for (Map.Entry<Name, Agent> e : agents.entrySet()) {
            to.writeUTF(e.getKey().site);
            to.writeUTF(e.getKey().agent);
            to.writeBoolean(e.getValue().gone);
            to.writeLong(e.getValue().goneMicros);
            e.getValue().judgement.write(to);
        }
    }

    void read(DataInput from) throws IOException {
        for (int n = from.readInt(); n > 0; n--) {
            var name = new Name(from.readUTF(), from.readUTF());
            Agent agent = add(name);
            agent.gone = from.readBoolean();
            agent.goneMicros = from.readLong();
            agent.judgement.read(from, turn);
            turn.inhibition.offline(name.site, name.agent, agent.gone);
        }
    }
}
