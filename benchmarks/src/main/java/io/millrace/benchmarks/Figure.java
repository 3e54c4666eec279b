package io.millrace.benchmarks;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Locale;

/**
 * One measured number, and whether it is what we want.
 *
 * @param name ends in its unit: {@code wire_bytes_per_event}
 */
record Figure(String name, double value, Goal goal) {
    /** What a figure should be. */
    sealed interface Goal {
        record AtMost(double limit) implements Goal {}

        record AtLeast(double limit) implements Goal {}

        /** Only told, for comparison. */
        record None() implements Goal {}
    }

    static Figure atMost(double limit, String name, double value) {
        return new Figure(name, value, new Goal.AtMost(limit));
    }

    static Figure atLeast(double limit, String name, double value) {
        return new Figure(name, value, new Goal.AtLeast(limit));
    }

    static Figure told(String name, double value) {
        return new Figure(name, value, new Goal.None());
    }

    boolean isMet() {
        return switch (goal) {
            case Goal.AtMost(double limit) -> value <= limit;
            case Goal.AtLeast(double limit) -> value >= limit;
            case Goal.None() -> true;
        };
    }

    void writeTo(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("value", rounded());
        switch (goal) {
            case Goal.AtMost(double limit) -> writeGoal(json, limit);
            case Goal.AtLeast(double limit) -> writeGoal(json, limit);
            case Goal.None() -> {}
        }
        json.writeEndObject();
    }

    private void writeGoal(JsonGenerator json, double limit) throws IOException {
        json.writeNumberField("goal", limit);
        json.writeBooleanField("met", isMet());
    }

    private double rounded() {
        return Math.abs(value) >= 1000 ? Math.rint(value) : Math.rint(value * 1000) / 1000;
    }

    @Override
    public String toString() {
        String wanted = switch (goal) {
            case Goal.AtMost(double limit) -> String.format(Locale.ROOT, "at most %,.1f", limit);
            case Goal.AtLeast(double limit) -> String.format(Locale.ROOT, "at least %,.1f", limit);
            case Goal.None() -> "";
        };
        String verdict = goal instanceof Goal.None ? "" : isMet() ? "met" : "NOT MET";
        return String.format(Locale.ROOT, "%-36s %,16.3f   %-22s %s", name, rounded(), wanted, verdict)
                .stripTrailing();
    }
}
