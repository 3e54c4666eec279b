package io.millrace.model.yaml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A YAML file being read. Its readers never throw on content: whatever is wrong becomes a {@link Mistake}, a stand-in
 * value is given, and reading goes on, so that an operator sees everything at once. After reading, ask for
 * {@link #mistakes()}: if there are any, what was read must not be used.
 *
 * <pre>{@code
 * var yaml = YamlDocument.read(path);
 * String site = yaml.root().required("site", Rule.name());
 * YamlMap spool = yaml.root().map("spool");
 * Duration sync = spool.optional("sync", Rule.duration(ofMillis(1), ofMinutes(1)), ofMillis(500));
 * if (!yaml.mistakes().isEmpty()) …
 * }</pre>
 *
 * Not thread-safe.
 */
public final class YamlDocument {
    /** Largest document. */
    public static final int BYTES_MAX = 1024 * 1024;

    /** Deepest nesting of maps and lists. */
    public static final int DEPTH_MAX = 32;

    /** Most uses of an anchor: what an alias stands for is read again at each. */
    public static final int ALIASES_MAX = 100;

    /** Mistakes beyond these are not told. */
    public static final int MISTAKES_MAX = 100;

    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setCodePointLimit(BYTES_MAX)
            .setMaxAliasesForCollections(ALIASES_MAX)
            .build();

    private final String file;
    private final List<Mistake> mistakes = new ArrayList<>();
    private final Map<Opened, YamlMap> opened = new HashMap<>();
    private final YamlMap root;

    /** Nothing can be said of keys in what is no map of them. */
    private boolean isReadable = true;

    private record Opened(String path, Node node) {}

    private YamlDocument(String file, byte[] bytes) {
        this.file = file;
        Node node = compose(bytes);
        if (node instanceof MappingNode map) {
            root = open("", map);
        } else {
            root = new YamlMap(this, "", Place.START);
            if (node != null && !node.getTag().equals(Tag.NULL)) {
                add(Place.of(node), "the document is no map, expected keys with values");
            }
            isReadable = mistakes.isEmpty();
        }
    }

    /**
     * Reads a file.
     *
     * @throws IOException if the file cannot be read; never because of what is in it
     */
    public static YamlDocument read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return parse(file.toString(), in.readNBytes(BYTES_MAX + 1));
        }
    }

    /** Reads the content of a file whose name is used in mistakes only. */
    public static YamlDocument parse(String file, byte[] utf8) {
        return new YamlDocument(file, utf8);
    }

    /** The outermost map; empty if the document is empty or not readable. */
    public YamlMap root() {
        return root;
    }

    /** All mistakes so far in the order of their places, those of keys that no reader asked for included. */
    public List<Mistake> mistakes() {
        var all = new ArrayList<>(mistakes);
        opened.values().forEach(map -> all.addAll(map.unknownKeys()));
        return all.stream().distinct().sorted().limit(MISTAKES_MAX).toList();
    }

    Mistake at(Place place, String what) {
        return new Mistake(file, place.line(), place.column(), what);
    }

    void add(Place place, String what) {
        if (isReadable && mistakes.size() < MISTAKES_MAX) {
            mistakes.add(at(place, what));
        }
    }

    /** The same map each time, so that it remembers all keys asked for. */
    YamlMap open(String path, MappingNode node) {
        var key = new Opened(path, node);
        YamlMap map = opened.get(key);
        if (map == null) {
            map = new YamlMap(this, path, node);
            opened.put(key, map);
        }
        return map;
    }

    private @Nullable Node compose(byte[] bytes) {
        String text = decode(bytes);
        if (text == null) {
            return null;
        }
        try {
            return isWithinLimits(text)
                    ? new Compose(SETTINGS).composeString(text).orElse(null)
                    : null;
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark().isPresent() ? e.getProblemMark() : e.getContextMark();
            Place place = mark.map(Place::of).orElse(Place.START);
            add(place, place.isTabIn(text) ? "tab character, expected spaces" : syntax(e.getProblem()));
        } catch (YamlEngineException | IllegalArgumentException e) { // the latter from a "\\u" without digits, say
            add(Place.START, syntax(String.valueOf(e.getMessage())));
        }
        return null;
    }

    private static String syntax(String problem) {
        return "not YAML: %s, expected YAML 1.2"
                .formatted(problem.lines().findFirst().orElse("damaged"));
    }

    private @Nullable String decode(byte[] bytes) {
        if (bytes.length > BYTES_MAX) {
            add(Place.START, "the document is larger than %d bytes, expected less".formatted(BYTES_MAX));
            return null;
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            add(Place.START, "the document is not UTF-8, expected text in that encoding");
            return null;
        }
    }

    /** Looks at the flat stream of events first: composing recurses, so depth must be known to be harmless before. */
    private boolean isWithinLimits(String text) {
        int depth = 0;
        int aliases = 0;
        int documents = 0;
        for (Event event : new Parse(SETTINGS).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                case Alias -> aliases++;
                case DocumentStart -> documents++;
                case Comment, DocumentEnd, Scalar, StreamStart, StreamEnd -> {}
            }
            String beyond = depth > DEPTH_MAX
                    ? "nested deeper than %d maps and lists, expected less".formatted(DEPTH_MAX)
                    : aliases > ALIASES_MAX
                            ? "more than %d aliases, expected less".formatted(ALIASES_MAX)
                            : documents > 1 ? "a second document begins here, expected one in the file" : null;
            if (beyond != null) {
                add(event.getStartMark().map(Place::of).orElse(Place.START), beyond);
                return false;
            }
        }
        return true;
    }
}
