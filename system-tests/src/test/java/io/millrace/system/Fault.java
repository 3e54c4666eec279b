package io.millrace.system;

/** One thing that goes wrong, or right again, in a chaos run. {@link Saboteur} does it. */
sealed interface Fault {
    /** SIGKILL to an agent, which is started again at once. */
    record KillAgent(String agent) implements Fault {}

    /** SIGKILL to the broker; {@code up} starts another. */
    record KillBroker() implements Fault {}

    /** SIGKILL to the gateway; {@code up} starts another. */
    record KillGateway() implements Fault {}

    /** All connections between an agent and the broker are reset, and what was on the way is lost. */
    record Cut(String agent) implements Fault {}

    /** Old and new connections look open and carry nothing, both ways; those stay dead when the line is healed. */
    record HalfOpen(String agent) implements Fault {}

    /** Nothing moves on an agent's connections until the line is healed; then all of it does. */
    record Stall(String agent) implements Fault {}

    /** Messages on an agent's line come late, in another order, and some of them twice, until the line is healed. */
    record Scramble(String agent) implements Fault {}

    /** An agent gets more than its spool can hold, all at once. */
    record Flood(String agent) implements Fault {}

    /** The line between an agent and the broker works again. */
    record Heal(String agent) implements Fault {}
}
