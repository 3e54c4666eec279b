package io.millrace.model.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A map in a {@link YamlDocument}, read key by key. A key that nobody asked for is a mistake, with the nearest of those
 * asked for as a suggestion. A key without a value counts as absent.
 */
public final class YamlMap {
    private static final int SHOWN_CHARACTERS_MAX = 60;

    private final YamlDocument document;
    private final String path;
    private final Place place;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();

    private record Entry(Place keyPlace, Node value) {
        boolean isEmpty() {
            return value instanceof ScalarNode && value.getTag().equals(Tag.NULL);
        }
    }

    /** A map that is not there. */
    YamlMap(YamlDocument document, String path, Place place) {
        this.document = document;
        this.path = path;
        this.place = place;
    }

    YamlMap(YamlDocument document, String path, MappingNode node) {
        this(document, path, Place.of(node));
        for (NodeTuple tuple : node.getValue()) {
            put(tuple);
        }
    }

    private void put(NodeTuple tuple) {
        Place keyPlace = Place.of(tuple.getKeyNode());
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            document.add(keyPlace, "a map or list stands as a key, expected a name");
            return;
        }
        Entry before = entries.putIfAbsent(key.getValue(), new Entry(keyPlace, tuple.getValueNode()));
        if (before != null) {
            document.add(
                    keyPlace,
                    "%s is given twice, expected once (first in line %d)"
                            .formatted(pathOf(key.getValue()), before.keyPlace.line()));
        }
    }

    /** Whether the key is there with a value; does not count as asking for it. */
    public boolean has(String key) {
        Entry entry = entries.get(key);
        return entry != null && !entry.isEmpty();
    }

    /** Whether the key is there, with a value or without; does not count as asking for it. */
    public boolean names(String key) {
        return entries.containsKey(key);
    }

    /** Adds a mistake: the key should be there. */
    public void missing(String key, String expected) {
        document.add(place, "%s is missing, expected %s".formatted(pathOf(key), expected));
    }

    /** The value, or the rule's placeholder and a mistake if it is missing or wrong. */
    public <T> T required(String key, Rule<T> rule) {
        Entry entry = ask(key);
        if (entry == null) {
            missing(key, rule.expected());
            return rule.placeholder();
        }
        return scalar(pathOf(key), entry.value, rule);
    }

    /** The value, or the fallback if the key is absent. */
    public <T> T optional(String key, Rule<T> rule, T fallback) {
        Entry entry = ask(key);
        return entry == null ? fallback : scalar(pathOf(key), entry.value, rule);
    }

    /** The value, or null if the key is absent. */
    public <T> @Nullable T find(String key, Rule<T> rule) {
        Entry entry = ask(key);
        return entry == null ? null : scalar(pathOf(key), entry.value, rule);
    }

    /** The list's values, or the fallback if the key is absent. */
    public <T> List<T> list(String key, Rule<T> rule, List<T> fallback) {
        Entry entry = ask(key);
        if (entry == null) {
            return fallback;
        }
        var values = new ArrayList<T>();
        List<Node> nodes = nodes(key, entry);
        for (int i = 0; i < nodes.size(); i++) {
            values.add(scalar(item(key, i), nodes.get(i), rule));
        }
        return List.copyOf(values);
    }

    /** The map under the key; an empty one, not there, if the key is absent or no map. */
    public YamlMap map(String key) {
        Entry entry = ask(key);
        return entry == null ? new YamlMap(document, pathOf(key), place) : map(pathOf(key), entry.value);
    }

    /** The maps in the list under the key; none if the key is absent. */
    public List<YamlMap> maps(String key) {
        return maps(key, null);
    }

    /**
     * Like {@link #maps(String)}; a single value in the list stands for a map with only this key.
     *
     * @param shortKey null if that is a mistake
     */
    public List<YamlMap> maps(String key, @Nullable String shortKey) {
        Entry entry = ask(key);
        if (entry == null) {
            return List.of();
        }
        var maps = new ArrayList<YamlMap>();
        List<Node> nodes = nodes(key, entry);
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            if (shortKey != null && node instanceof ScalarNode) {
                maps.add(mapOf(item(key, i), shortKey, node));
            } else {
                maps.add(map(item(key, i), node));
            }
        }
        return maps;
    }

    private YamlMap mapOf(String where, String key, Node value) {
        var map = new YamlMap(document, where, Place.of(value));
        map.entries.put(key, new Entry(Place.of(value), value));
        return map;
    }

    /** The maps under all keys, whatever these are called; a key without a value gives an empty map. */
    public Map<String, YamlMap> mapsByKey() {
        var maps = new LinkedHashMap<String, YamlMap>();
        entries.forEach((key, entry) -> {
            asked.add(key);
            maps.put(
                    key,
                    entry.isEmpty()
                            ? new YamlMap(document, pathOf(key), entry.keyPlace)
                            : map(pathOf(key), entry.value));
        });
        return maps;
    }

    /**
     * Adds a mistake about this map or one of its keys, for rules that span keys.
     *
     * @param key whose place it gets, if the key is there; else the map's
     * @param what completes the key's name: {@code "is 90, expected at most above (80)"}
     */
    public void mistake(String key, String what) {
        Entry entry = entries.get(key);
        document.add(entry == null ? place : Place.of(entry.value), pathOf(key) + " " + what);
    }

    List<Mistake> unknownKeys() {
        var mistakes = new ArrayList<Mistake>();
        entries.forEach((key, entry) -> {
            if (!asked.contains(key)) {
                mistakes.add(document.at(
                        entry.keyPlace, "unknown key %s, expected %s".formatted(pathOf(key), suggestion(key))));
            }
        });
        return mistakes;
    }

    private String suggestion(String key) {
        String nearest = Spelling.nearest(key, asked);
        return nearest == null
                ? (asked.isEmpty() ? "none here" : "one of " + String.join(", ", asked))
                : "%s perhaps".formatted(nearest);
    }

    private @Nullable Entry ask(String key) {
        asked.add(key);
        Entry entry = entries.get(key);
        return entry == null || entry.isEmpty() ? null : entry;
    }

    private <T> T scalar(String where, Node node, Rule<T> rule) {
        String is = "has no value";
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            T value = rule.parser().apply(scalar.getValue());
            if (value != null) {
                return value;
            }
            is = "is " + shown(scalar.getValue());
        } else if (!(node instanceof ScalarNode)) {
            is = "is a " + kind(node);
        }
        document.add(Place.of(node), "%s %s, expected %s".formatted(where, is, rule.expected()));
        return rule.placeholder();
    }

    private YamlMap map(String where, Node node) {
        if (node instanceof MappingNode map) {
            return document.open(where, map);
        }
        document.add(Place.of(node), "%s is a %s, expected a map".formatted(where, kind(node)));
        return new YamlMap(document, where, Place.of(node));
    }

    private List<Node> nodes(String key, Entry entry) {
        if (entry.value instanceof SequenceNode list) {
            return list.getValue();
        }
        document.add(Place.of(entry.value), "%s is a %s, expected a list".formatted(pathOf(key), kind(entry.value)));
        return List.of();
    }

    private String pathOf(String key) {
        return path.isEmpty() ? shortened(key) : path + "." + shortened(key);
    }

    private String item(String key, int i) {
        return "%s[%d]".formatted(pathOf(key), i + 1);
    }

    private static String kind(Node node) {
        return switch (node.getNodeType()) {
            case MAPPING -> "map";
            case SEQUENCE -> "list";
            case SCALAR, ANCHOR -> "single value";
        };
    }

    private static String shown(String value) {
        return "\"" + shortened(value) + "\"";
    }

    private static String shortened(String text) {
        String oneLine = text.replaceAll("\\p{Cntrl}", "␀");
        return oneLine.length() <= SHOWN_CHARACTERS_MAX ? oneLine : oneLine.substring(0, SHOWN_CHARACTERS_MAX) + "…";
    }
}
