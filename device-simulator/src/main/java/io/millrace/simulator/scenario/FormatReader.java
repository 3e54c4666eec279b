package io.millrace.simulator.scenario;

import io.millrace.model.yaml.Rule;
import io.millrace.model.yaml.YamlMap;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Format;
import io.millrace.simulator.fleet.Template;
import io.millrace.simulator.fleet.Template.Variable;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a fleet's messages look like. */
final class FormatReader {
    private static final Rule<Form> FORM = Rule.oneOf(Form.class);

    /** Forms by the name that a file gives them. */
    private enum Form {
        JSON,
        NUMBER,
        TEMPLATE,
        BATCH
    }

    private FormatReader() {}

    static Format format(YamlMap fleet, Transport transport) {
        boolean plain = transport == Transport.PLAIN;
        Form form = fleet.optional("payload", FORM, plain ? Form.JSON : Form.BATCH);
        if (plain == (form == Form.BATCH)) {
            fleet.mistake(
                    "payload",
                    plain
                            ? "is batch, which is what agents send: expected json, number or template, or kind: agent"
                            : "is not batch, and agents send nothing else: expected batch, or kind: device");
        }
        Template payload = template(fleet, "template", Format.OF_PAYLOADS);
        Template topic = template(fleet, "topic", Format.OF_TOPICS);
        if (payload == null && form == Form.TEMPLATE && !fleet.has("template")) {
            fleet.mistake("payload", "is template, and there is none: expected template: '{\"v\": ${value}}' or such");
        }
        if (form != Form.TEMPLATE && fleet.has("template")) {
            fleet.mistake("template", "stands without payload: template");
        }
        if (!plain && fleet.has("topic")) {
            fleet.mistake("topic", "is of plain devices, and agents have their own");
        }
        return new Format(
                payload != null
                        ? new Format.Payload.Own(payload)
                        : form == Form.NUMBER ? new Format.Payload.Bare() : new Format.Payload.Json(),
                topic);
    }

    /** Null if there is none, or it is wrong. */
    private static @Nullable Template template(YamlMap fleet, String key, Set<Variable> known) {
        String text = fleet.find(key, new Rule<>("a text", "", given -> given));
        if (text == null) {
            return null;
        }
        try {
            Template template = Template.parse(text, known);
            if (key.equals("topic")) {
                checkTopic(template);
            }
            return template;
        } catch (IllegalArgumentException e) {
            fleet.mistake(key, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static void checkTopic(Template topic) {
        for (Template.Part part : topic.parts()) {
            if (part instanceof Template.Part.Literal(String text)
                    && text.chars().anyMatch(c -> c == '+' || c == '#' || Character.isISOControl(c))) {
                throw new IllegalArgumentException("holds +, # or a control character, which no topic may");
            }
        }
    }
}
