package io.millrace.simulator.fleet;

import io.millrace.model.Topics;
import io.millrace.simulator.fleet.Template.Variable;
import java.nio.charset.StandardCharsets;

/** What a population's plain devices send: the same for the same event, whoever asks. Not thread-safe. */
public final class PlainMessages {
    private final Population population;
    private final long startMicros;
    private final PlainJson json = new PlainJson();
    private final StringBuilder out = new StringBuilder();

    /** @param startMicros when the run began, since 1970 */
    public PlainMessages(Population population, long startMicros) {
        this.population = population;
        this.startMicros = startMicros;
    }

    /** An event of a unit, numbered over all its metrics. */
    public byte[] payload(Fleet fleet, int unit, long event) {
        int metric = (int) (event % fleet.metrics().size());
        long sample = event / fleet.metrics().size();
        long timeMicros = startMicros + fleet.stampMicros(population.seed(), unit, sample);
        out.setLength(0);
        switch (fleet.format().payload()) {
            case Format.Payload.Json _ ->
                json.reading(
                        out,
                        fleet.value(population.seed(), unit, sample, metric),
                        timeMicros,
                        fleet.metrics().get(metric).unit());
            case Format.Payload.Bare _ -> json.value(out, fleet.value(population.seed(), unit, sample, metric));
            case Format.Payload.Own(Template template) ->
                template.write(out, (to, variable) -> fill(to, variable, fleet, unit, event, timeMicros));
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void fill(StringBuilder to, Variable variable, Fleet fleet, int unit, long event, long timeMicros) {
        int metric = (int) (event % fleet.metrics().size());
        switch (variable) {
            case VALUE ->
                json.value(
                        to,
                        fleet.value(
                                population.seed(), unit, event / fleet.metrics().size(), metric));
            case TS -> json.time(to, timeMicros);
            case TS_MS -> to.append(Math.floorDiv(timeMicros, 1_000));
            case TS_US -> to.append(timeMicros);
            case SEQ -> to.append(event + 1);
            case SITE -> json.text(to, population.site());
            case DEVICE -> json.text(to, fleet.unitName(unit));
            case METRIC -> json.text(to, fleet.metrics().get(metric).name());
            case UNIT -> json.text(to, fleet.metrics().get(metric).unit());
        }
    }

    public static String topic(Population population, Fleet fleet, int unit, int metric) {
        String device = fleet.unitName(unit);
        String name = fleet.metrics().get(metric).name();
        Template own = fleet.format().topic();
        return own == null
                ? Topics.plainEvent(population.site(), device, name)
                : topic(own, population.site(), device, name);
    }

    private static String topic(Template own, String site, String device, String metric) {
        var out = new StringBuilder();
        own.write(
                out,
                (to, variable) -> to.append(
                        switch (variable) {
                            case SITE -> site;
                            case DEVICE -> device;
                            case METRIC -> metric;
                            default -> throw new IllegalArgumentException("a topic cannot name " + variable);
                        }));
        return out.toString();
    }

    /** A subscription that covers all topics of a fleet, and perhaps some more. */
    public static String filter(Population population, Fleet fleet) {
        String any = "\0";
        Template own = fleet.format().topic();
        String topic =
                own == null ? Topics.plainEvent(population.site(), any, any) : topic(own, population.site(), any, any);
        return topic.replaceAll("[^/]*\0[^/]*", "+");
    }
}
