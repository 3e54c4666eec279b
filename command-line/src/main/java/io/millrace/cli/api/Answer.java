package io.millrace.cli.api;

import io.millrace.cli.CommandException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object from the gateway, field by field. */
record Answer(Map<String, @Nullable Object> fields) {
    /** @throws CommandException if it is none: something else answers at this address */
    static Answer of(String json) throws CommandException {
        try {
            return new Answer(Json.object(json));
        } catch (IOException e) {
            throw CommandException.unavailable(
                    "the gateway's answer cannot be read, is it one? %s".formatted(e.getMessage()));
        }
    }

    /** The field as text, or null if it is null or not there. */
    @Nullable
    String text(String field) {
        Object value = fields.get(field);
        return value == null ? null : value.toString();
    }

    /** A whole number, 0 if it is not there. */
    long number(String field) {
        return fields.get(field) instanceof Number number ? number.longValue() : 0;
    }

    /** The objects of an array, none if it is not there. */
    List<Map<?, ?>> maps(String field) {
        var maps = new ArrayList<Map<?, ?>>();
        if (fields.get(field) instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Map<?, ?> map) {
                    maps.add(map);
                }
            }
        }
        return maps;
    }
}
