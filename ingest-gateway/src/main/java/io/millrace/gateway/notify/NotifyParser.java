package io.millrace.gateway.notify;

import static io.millrace.model.yaml.Rule.duration;
import static io.millrace.model.yaml.Rule.flag;
import static io.millrace.model.yaml.Rule.integer;
import static io.millrace.model.yaml.Rule.name;
import static io.millrace.model.yaml.Rule.oneOf;
import static io.millrace.model.yaml.Rule.text;

import io.millrace.gateway.notify.ChannelConfig.Login;
import io.millrace.gateway.notify.ChannelConfig.Security;
import io.millrace.gateway.notify.Secret.SecretMissingException;
import io.millrace.model.Glob;
import io.millrace.model.yaml.Mistake;
import io.millrace.model.yaml.Rule;
import io.millrace.model.yaml.YamlDocument;
import io.millrace.model.yaml.YamlMap;
import io.millrace.projections.Severity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code notify.yaml}: all of it is right, or every mistake is told. */
final class NotifyParser {
    private static final Duration GROUP_WAIT = Duration.ofSeconds(30);
    private static final Duration GROUP_WAIT_MAX = Duration.ofHours(1);
    private static final Duration REPEAT = Duration.ofHours(4);
    private static final Rule<Duration> REPEATS = duration(Duration.ofMinutes(1), Duration.ofDays(30));
    private static final Pattern ADDRESS = Pattern.compile("[^\\s@<>,;\"]{1,64}@[^\\s@<>,;\"]{1,255}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

    private enum Type {
        WEBHOOK,
        EMAIL
    }

    private final YamlDocument yaml;
    private final Path folder;
    private final boolean readsSecrets;

    /** What a file turned out to be. */
    sealed interface Parsed {
        record Valid(NotifyConfig config) implements Parsed {}

        /** Nothing of the file may be used. There is at least one mistake; they are in the order of their places. */
        record Invalid(List<Mistake> mistakes) implements Parsed {}
    }

    private NotifyParser(YamlDocument yaml, Path folder, boolean readsSecrets) {
        this.yaml = yaml;
        this.folder = folder;
        this.readsSecrets = readsSecrets;
    }

    /**
     * @param folder what paths of secrets are relative to
     * @param readsSecrets whether a secret that cannot be read is a mistake; a gateway goes on without, since the secret
     *     may come later, and alerts are not all that it does
     * @throws IOException if the file cannot be read; never because of what is in it
     */
    static Parsed read(Path file, Path folder, boolean readsSecrets) throws IOException {
        return new NotifyParser(YamlDocument.read(file), folder, readsSecrets).parsed();
    }

    /** JSON Schema (2020-12) of the file, for editors. */
    static String schema() {
        try (var in = NotifyParser.class.getResourceAsStream("notify.schema.json")) {
            if (in == null) {
                throw new IllegalStateException("notify.schema.json is missing beside " + NotifyParser.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading notify.schema.json from the class path", e);
        }
    }

    private Parsed parsed() {
        var channels = new ArrayList<ChannelConfig>();
        var names = new HashSet<String>();
        for (YamlMap map : limited("channels", NotifyConfig.CHANNELS_MAX)) {
            channels.add(channel(map, uniqueName(map, names)));
        }
        var routes = new ArrayList<Route>();
        var routeNames = new HashSet<String>();
        for (YamlMap map : limited("routes", NotifyConfig.ROUTES_MAX)) {
            routes.add(route(map, uniqueName(map, routeNames), names));
        }
        List<Mistake> mistakes = yaml.mistakes();
        return mistakes.isEmpty()
                ? new Parsed.Valid(new NotifyConfig(List.copyOf(channels), List.copyOf(routes)))
                : new Parsed.Invalid(mistakes);
    }

    private List<YamlMap> limited(String key, int max) {
        List<YamlMap> maps = yaml.root().maps(key);
        if (maps.size() > max) {
            yaml.root().mistake(key, "has %d entries, expected at most %d".formatted(maps.size(), max));
        }
        return maps;
    }

    private static String uniqueName(YamlMap map, Set<String> names) {
        String name = map.required("name", name());
        if (!names.add(name)) {
            map.mistake("name", "is \"%s\" a second time, expected each name once".formatted(name));
        }
        return name;
    }

    private ChannelConfig channel(YamlMap map, String name) {
        return switch (map.required("type", oneOf(Type.class))) {
            case WEBHOOK -> new ChannelConfig.Webhook(name, map.required("url", url()), secret(map, "secret"));
            case EMAIL -> email(map, name);
        };
    }

    private ChannelConfig email(YamlMap map, String name) {
        YamlMap smtp = map.map("smtp");
        String host = smtp.required("host", text("a mail server such as mail.example.com", NotifyParser::isHost));
        Security security = smtp.optional("security", oneOf(Security.class), Security.STARTTLS);
        long port = smtp.optional("port", integer(1, 65_535), (long) security.port);
        String user = smtp.find("user", text("a user of the mail server"));
        Optional<Secret> password = secret(smtp, "password");
        if ((user == null) == smtp.has("password")) {
            smtp.mistake(user == null ? "password" : "user", "stands alone, expected user and password, or neither");
        }
        if (user != null && security == Security.NONE) {
            smtp.mistake(
                    "security",
                    "is none beside a password, which anyone on the network could read; expected starttls or tls");
        }
        List<String> to = map.list("to", address(), List.of());
        if (to.isEmpty() || to.size() > NotifyConfig.ADDRESSES_MAX) {
            map.mistake("to", "has %d addresses, expected 1 to %d".formatted(to.size(), NotifyConfig.ADDRESSES_MAX));
        }
        Optional<Login> login = user == null ? Optional.empty() : password.map(p -> new Login(user, p));
        return new ChannelConfig.Email(name, host, (int) port, security, login, map.required("from", address()), to);
    }

    private Optional<Secret> secret(YamlMap map, String key) {
        YamlMap secret = map.map(key);
        if (!map.has(key)) {
            return Optional.empty();
        }
        String file = secret.find("file", text("a file with the secret in it"));
        String variable = secret.find(
                "env",
                text(
                        "the name of an environment variable",
                        t -> VARIABLE.matcher(t).matches()));
        if ((file == null) == (variable == null)) {
            map.mistake(
                    key,
                    "has %s file %s env, expected one of them: secrets are not written into this file"
                            .formatted(file == null ? "neither" : "both", file == null ? "nor" : "and"));
            return Optional.empty();
        }
        Secret found = file != null
                ? new Secret.InFile(folder.resolve(file))
                : new Secret.InEnvironment(String.valueOf(variable));
        if (readsSecrets) {
            try {
                found.read();
            } catch (SecretMissingException e) {
                secret.mistake(file != null ? "file" : "env", "cannot be used: " + e.getMessage());
            }
        }
        return Optional.of(found);
    }

    private static Route route(YamlMap map, String name, Set<String> channels) {
        List<String> to = map.list("to", name(), List.of());
        if (to.isEmpty()) {
            map.mistake("to", "names no channel, expected one or more");
        }
        for (String channel : to) {
            if (!channels.contains(channel)) {
                map.mistake("to", "names %s, expected one of the channels %s".formatted(channel, channels));
            }
        }
        if (Set.copyOf(to).size() < to.size()) {
            map.mistake("to", "names a channel twice, expected each once");
        }
        List<Label> groupBy = map.list("group-by", oneOf(Label.class), List.of(Label.RULE, Label.SITE));
        Severity least = map.optional("severity", oneOf(Severity.class), Severity.WARNING);
        Duration wait = map.optional("group-wait", duration(Duration.ZERO, GROUP_WAIT_MAX), GROUP_WAIT);
        Duration repeat = map.optional("repeat", repeats(), REPEAT);
        return new Route(
                name,
                to,
                least,
                patterns(map),
                groupBy,
                wait,
                repeat.isZero() ? Optional.empty() : Optional.of(repeat),
                map.optional("cleared", flag(), true));
    }

    private static Map<Label, Glob> patterns(YamlMap map) {
        YamlMap on = map.map("on");
        var patterns = new EnumMap<Label, Glob>(Label.class);
        for (Label label : Label.values()) {
            String pattern = on.find(label.key(), text("a pattern such as pump-*"));
            if (pattern != null) {
                try {
                    patterns.put(label, Glob.of(pattern));
                } catch (IllegalArgumentException e) {
                    on.mistake(label.key(), "is no pattern: " + e.getMessage());
                }
            }
        }
        return patterns;
    }

    /** Never is a repeat of zero. */
    private static Rule<Duration> repeats() {
        return new Rule<>(
                "never, or " + REPEATS.expected(),
                REPEAT,
                text -> text.equals("never") ? Duration.ZERO : REPEATS.parser().apply(text));
    }

    private static Rule<String> address() {
        return text(
                "an address such as shift@example.com", t -> ADDRESS.matcher(t).matches());
    }

    private static boolean isHost(String text) {
        return text.matches("[A-Za-z0-9._:-]{1,255}");
    }

    private static Rule<URI> url() {
        return new Rule<>(
                "an address such as https://example.com/hook, without user and password in it",
                URI.create("https://localhost/"),
                NotifyParser::url);
    }

    private static @Nullable URI url(String text) {
        try {
            var url = new URI(text);
            boolean isWeb = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            return isWeb && url.getHost() != null && url.getUserInfo() == null && url.getFragment() == null
                    ? url
                    : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
