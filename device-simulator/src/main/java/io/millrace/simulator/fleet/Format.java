package io.millrace.simulator.fleet;

import io.millrace.simulator.fleet.Template.Variable;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What plain devices' messages look like.
 *
 * @param payload how a reading is written
 * @param topic null for Millrace's own
 */
public record Format(Payload payload, @Nullable Template topic) {
    /** What gateways of ours read, with all that they take. */
    public static final Format JSON = new Format(new Payload.Json(), null);

    /** What a topic may name: nothing that differs from one reading to the next. */
    public static final Set<Variable> OF_TOPICS = EnumSet.of(Variable.SITE, Variable.DEVICE, Variable.METRIC);

    public static final Set<Variable> OF_PAYLOADS = EnumSet.allOf(Variable.class);

    private static final Set<Variable> OF_ONE_READING =
            EnumSet.of(Variable.TS, Variable.TS_MS, Variable.TS_US, Variable.SEQ);

    /** How a reading is written. */
    public sealed interface Payload {
        /** An object with value, time and unit. */
        record Json() implements Payload {}

        /** The value and nothing else: whoever takes it must know when that was. */
        record Bare() implements Payload {}

        /** As the user likes it; texts in it are escaped as JSON does. */
        record Own(Template template) implements Payload {}
    }

    /** Whether a gateway of ours stores a reading as it was taken: known by its time, or at least by its value. */
    public boolean isOurs() {
        return topic == null && !(payload instanceof Payload.Own);
    }

    /** Whether a message says when the reading was taken. */
    public boolean hasTime() {
        return !(payload instanceof Payload.Bare);
    }

    /** Whether two readings of a device never look alike. */
    public boolean tellsReadingsApart() {
        return switch (payload) {
            case Payload.Json _ -> true;
            case Payload.Bare _ -> false;
            case Payload.Own(Template template) -> OF_ONE_READING.stream().anyMatch(template::has);
        };
    }

    /** Whether a topic tells whose reading it is. */
    public boolean topicNamesDevice() {
        return topic == null || topic.has(Variable.DEVICE);
    }

    /** Whether a topic tells of which metric a reading is. */
    public boolean topicNamesMetric() {
        return topic == null || topic.has(Variable.METRIC);
    }
}
