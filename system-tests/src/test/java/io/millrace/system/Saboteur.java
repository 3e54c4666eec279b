package io.millrace.system;

import io.millrace.system.Fault.Cut;
import io.millrace.system.Fault.Flood;
import io.millrace.system.Fault.HalfOpen;
import io.millrace.system.Fault.Heal;
import io.millrace.system.Fault.KillAgent;
import io.millrace.system.Fault.KillBroker;
import io.millrace.system.Fault.KillGateway;
import io.millrace.system.Fault.Scramble;
import io.millrace.system.Fault.Stall;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Does to real processes and connections what a schedule says. */
record Saboteur(Millrace millrace, List<Edge> edges) {
    /** Plays all of it at its times, and heals everything at the end. */
    void play(Schedule schedule) throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (Schedule.Step step : schedule.steps()) {
            sleepUntil(start, step.atMillis());
            play(step.fault());
        }
        sleepUntil(start, schedule.seconds() * 1_000L);
        edges.forEach(edge -> edge.line().heal());
    }

    private static void sleepUntil(long startNanos, long atMillis) throws InterruptedException {
        long left = startNanos + TimeUnit.MILLISECONDS.toNanos(atMillis) - System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(left);
    }

    private void play(Fault fault) throws IOException, InterruptedException {
        switch (fault) {
            case KillAgent(String agent) -> killAndStartAgain(edge(agent));
            case KillBroker _ -> kill("broker");
            case KillGateway _ -> kill("gateway");
            case Cut(String agent) -> edge(agent).line().cut();
            case HalfOpen(String agent) -> edge(agent).line().halfOpen();
            case Stall(String agent) -> edge(agent).line().stall();
            case Scramble(String agent) -> edge(agent).line().scramble();
            case Flood(String agent) -> edge(agent).producer().flood();
            case Heal(String agent) -> edge(agent).line().heal();
        }
    }

    private Edge edge(String agent) {
        return edges.stream()
                .filter(edge -> edge.agent().equals(agent))
                .findFirst()
                .orElseThrow();
    }

    private static void killAndStartAgain(Edge edge) throws IOException, InterruptedException {
        edge.kill();
        edge.awaitEnd();
        edge.start();
    }

    /** Nothing happens to what does not run just now. */
    private void kill(String name) throws IOException {
        ProcessHandle process = millrace.process(name);
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
