package io.millrace.simulator;

import com.sun.management.UnixOperatingSystemMXBean;
import io.millrace.model.Addresses;
import io.millrace.model.FileTrouble;
import io.millrace.model.Names;
import io.millrace.model.yaml.Mistake;
import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Part;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.mqtt.Broker;
import io.millrace.simulator.mqtt.NullBroker;
import io.millrace.simulator.mqtt.Tls;
import io.millrace.simulator.report.HtmlReport;
import io.millrace.simulator.report.JsonReport;
import io.millrace.simulator.report.TextReport;
import io.millrace.simulator.run.Outcome;
import io.millrace.simulator.run.Plan;
import io.millrace.simulator.run.Proof;
import io.millrace.simulator.run.ProofLostException;
import io.millrace.simulator.run.Run;
import io.millrace.simulator.run.UnreachableException;
import io.millrace.simulator.scenario.Scenario;
import io.millrace.simulator.scenario.ScenarioReader;
import io.millrace.simulator.verify.SqlAddress;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./millrace simulate}: from options to a run, and from its outcome to an exit code. */
@Command(
        name = "./millrace simulate",
        sortOptions = false,
        description = "Simulates a fleet against a broker, and proves what became of its events.")
final class SimulateCommand implements Callable<Integer> {
    private static final int OK = 0;
    private static final int DOES_NOT_HOLD = 1;
    private static final int WRONG_USAGE = 2;
    private static final int UNREACHABLE = 3;
    private static final int UNITS_MAX = 1_000_000;
    private static final double RATE_MAX = 100_000_000;
    private static final double SECONDS_MAX = 7 * 86_400;
    private static final double SECONDS_DEFAULT = 60;
    private static final String NO_STORE = "none";

    /** Of our process itself, beside connections. */
    private static final int FILES_OF_OURS = 200;

    private final LastUp lastUp;
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final PrintStream out;
    private final PrintStream err;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Run> running = new AtomicReference<>();

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "Scenario, in place of --devices, --agents and --rate: a file, or one of factory, cold-chain,"
                    + " smart-meters, vehicles, alarm-storm.")
    private @Nullable Path file;

    @Option(names = "--devices", paramLabel = "N", description = "Plain devices: one JSON reading a message, QoS 1.")
    private int devices;

    @Option(names = "--agents", paramLabel = "N", description = "Virtual agents: the product's spool and uplink.")
    private int agents;

    @Option(names = "--rate", paramLabel = "EVENTS_PER_S", description = "Of all together; default 1 for each of them.")
    private @Nullable Double rate;

    @Option(names = "--seconds", paramLabel = "S", description = "How long; default 60, or as the file says.")
    private @Nullable Double seconds;

    @Option(names = "--seed", paramLabel = "N", description = "Same seed, same events; default 1, or as the file says.")
    private @Nullable Long seed;

    @Option(names = "--site", paramLabel = "NAME", description = "Where they all are; default sim-SEED.")
    private @Nullable String site;

    @Option(
            names = "--mqtt",
            paramLabel = "URL",
            defaultValue = "mqtt://127.0.0.1:1883",
            description = "Broker; default ${DEFAULT-VALUE}; mqtts:// for TLS.")
    private URI mqtt = URI.create("mqtt://127.0.0.1:1883");

    @Mixin
    private AccessOptions access = new AccessOptions();

    @Option(
            names = "--api",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8080",
            description = "Gateway; default ${DEFAULT-VALUE}.")
    private URI api = URI.create("http://127.0.0.1:8080");

    @Option(
            names = "--sql",
            paramLabel = "URL",
            description = "Store; default the sql line of the last ./millrace up. none: there is no gateway of ours;"
                    + " --verify then subscribes.")
    private @Nullable String sql;

    @Option(names = "--verify", description = "Compares with the store afterwards; exit 1 if they differ.")
    private boolean verify;

    @Option(
            names = "--part",
            paramLabel = "I/N",
            defaultValue = "1/1",
            description = "Plays one part of it; other processes or machines play the others, same seed and flags.")
    private String part = "1/1";

    @Option(
            names = "--merge",
            arity = "1..*",
            paramLabel = "PART.json",
            description = "Makes one report of those of all parts, each printed with --part I/N --json. Nothing is"
                    + " played; only --report and --json go with it.")
    private List<Path> merge = List.of();

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description = "Serves Prometheus metrics on loopback; 0 is any free port.")
    private @Nullable Integer metricsPort;

    @Option(names = "--report", paramLabel = "FILE.html", description = "Writes one page with figures and charts.")
    private @Nullable Path report;

    @Option(names = "--json", description = "One JSON object on standard output.")
    private boolean json;

    @Option(names = "--each-second", description = "With --json: also what each second was like.")
    private boolean eachSecond;

    @Option(
            names = "--null-broker",
            paramLabel = "PORT",
            description = "Is a broker that acknowledges everything, gives agents their receipts and keeps nothing, on"
                    + " loopback: to measure what a simulator alone can do.")
    private @Nullable Integer nullBroker;

    @Option(names = "--schema", description = "Prints the JSON Schema of scenario files.")
    private boolean schema;

    @Option(names = "--help", usageHelp = true, description = "This.")
    @SuppressWarnings("UnusedVariable") // picocli's
    private boolean help;

    SimulateCommand(LastUp lastUp, InstantSource wall, LongSupplier nanoTime, PrintStream out, PrintStream err) {
        this.lastUp = lastUp;
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.out = out;
        this.err = err;
    }

    boolean isJson() {
        return json;
    }

    /** Ends the run before its time; {@link #call} then returns within seconds. */
    void stop() {
        ended.countDown();
        Run run = running.get();
        if (run != null) {
            run.stop();
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        if (schema) {
            out.print(ScenarioReader.schema());
            out.flush();
            return OK;
        }
        if (nullBroker != null) {
            return beBroker(nullBroker);
        }
        List<String> mistakes = new ArrayList<>();
        if (!merge.isEmpty()) {
            return merge(mistakes);
        }
        Plan plan = plan(mistakes);
        if (plan == null || !mistakes.isEmpty()) {
            return wrongUsage(mistakes);
        }
        var run = new Run(
                plan, wall, nanoTime, new Progress(err, plan.population().horizonMicros() / 1e6));
        running.set(run);
        try {
            return report(run.execute());
        } catch (ProofLostException e) {
            err.println("simulate: " + e.getMessage());
            out.print(json ? JsonReport.of(e, eachSecond) + "\n" : TextReport.of(e));
            out.flush();
            return UNREACHABLE;
        } catch (UnreachableException e) {
            fail(String.valueOf(e.getMessage()));
            return UNREACHABLE;
        }
    }

    private int report(Outcome outcome) {
        boolean written = report == null || write(report, HtmlReport.of(outcome));
        out.print(json ? JsonReport.of(outcome, eachSecond) + "\n" : TextReport.of(outcome));
        out.flush();
        return !written ? UNREACHABLE : outcome.ok() || outcome.interrupted() ? OK : DOES_NOT_HOLD;
    }

    private int merge(List<String> mistakes) {
        if (spec != null) {
            spec.commandLine().getParseResult().matchedOptions().stream()
                    .map(OptionSpec::longestName)
                    .filter(name -> !List.of("--merge", "--report", "--json").contains(name))
                    .forEach(name -> mistakes.add(
                            "%s is given beside --merge, expected only --report and --json".formatted(name)));
        }
        check(mistakes, file == null, "a scenario", "given beside --merge", "reports of parts after --merge alone");
        checkReport(mistakes);
        Outcome merged = PartReports.merged(merge, mistakes);
        return merged == null || !mistakes.isEmpty() ? wrongUsage(mistakes) : report(merged);
    }

    private int beBroker(int port) throws InterruptedException {
        if (port < 0 || port > Addresses.PORT_MAX) {
            return wrongUsage(List.of("--null-broker is %d, expected 0 to %d".formatted(port, Addresses.PORT_MAX)));
        }
        try (var broker = new NullBroker(port)) {
            out.printf("mqtt://127.0.0.1:%d%n", broker.port());
            out.flush();
            ended.await();
            err.println("simulate: %d messages were acknowledged, agents' batches with %d events got receipts"
                    .formatted(broker.published(), broker.events()));
            return OK;
        } catch (IOException e) {
            fail("no broker can be at %s. Choose another port with --null-broker, 0 is any free one"
                    .formatted(e.getMessage()));
            return UNREACHABLE;
        }
    }

    private boolean write(Path file, String page) {
        try {
            Files.writeString(file, page);
            return true;
        } catch (IOException e) {
            err.println("simulate: the report %s cannot be written: %s; the figures follow"
                    .formatted(file, FileTrouble.of(e)));
            return false;
        }
    }

    /** The command line itself is wrong: tells that, and what else is. */
    int wrongCommandLine(List<String> mistakes) {
        List<String> all = new ArrayList<>(mistakes);
        if (mistakes.stream().anyMatch(mistake -> mistake.contains("--merge"))) {
            return wrongUsage(all); // nothing is to be played
        }
        if (mistakes.stream().noneMatch(mistake -> mistake.contains("--devices") || mistake.contains("--agents"))) {
            plan(all);
        } else {
            checkNumbers(all);
        }
        return wrongUsage(all);
    }

    private int wrongUsage(List<String> mistakes) {
        mistakes.forEach(mistake -> err.println("simulate: " + mistake));
        err.println("See ./millrace simulate --help");
        if (json) {
            out.println(JsonReport.error(String.join("; ", mistakes)));
            out.flush();
        }
        return WRONG_USAGE;
    }

    private void fail(String message) {
        err.println("simulate: " + message);
        if (json) {
            out.println(JsonReport.error(message));
            out.flush();
        }
    }

    private void checkNumbers(List<String> mistakes) {
        check(mistakes, devices >= 0 && devices <= UNITS_MAX, "--devices", devices, "0 to " + UNITS_MAX);
        check(mistakes, agents >= 0 && agents <= UNITS_MAX, "--agents", agents, "0 to " + UNITS_MAX);
        check(mistakes, rate == null || (rate > 0 && rate <= RATE_MAX), "--rate", rate, "above 0, at most 100000000");
        check(
                mistakes,
                seconds == null || (seconds > 0 && seconds <= SECONDS_MAX),
                "--seconds",
                seconds,
                "above 0, at most a week, 604800");
    }

    private @Nullable Plan plan(List<String> mistakes) {
        checkNumbers(mistakes);
        Scenario scenario = file == null ? null : scenario(mistakes, file);
        check(
                mistakes,
                file != null || devices != 0 || agents != 0,
                "--devices and --agents",
                0,
                "at least one of either, or a scenario");
        check(
                mistakes,
                file == null || (devices == 0 && agents == 0 && rate == null),
                "a scenario",
                "given beside --devices, --agents or --rate",
                "one way to say it");
        Broker broker = parsed(mistakes, "--mqtt", Broker::of, mqtt);
        check(
                mistakes,
                Addresses.isHttp(api),
                "--api",
                api,
                "an address such as http://127.0.0.1:8080, with a port from 1 to " + Addresses.PORT_MAX);
        long chosenSeed = seed != null ? seed : scenario != null && scenario.seed() != null ? scenario.seed() : 1;
        String byDefault = scenario != null && scenario.site() != null ? scenario.site() : "sim-" + chosenSeed;
        String name = parsed(mistakes, "--site", text -> Names.check("name", text), site == null ? byDefault : site);
        check(
                mistakes,
                metricsPort == null || (metricsPort >= 0 && metricsPort <= Addresses.PORT_MAX),
                "--metrics-port",
                metricsPort,
                "0 to " + Addresses.PORT_MAX);
        checkReport(mistakes);
        Proof proof = proof(mistakes);
        Part chosenPart = parsed(mistakes, "--part", Part::parse, part);
        Tls tls = access.tls(mistakes, broker);
        String password = access.password(mistakes);
        if (!mistakes.isEmpty() || broker == null || name == null || chosenPart == null) {
            return null;
        }
        Population whole = population(mistakes, scenario, chosenSeed, name);
        if (whole == null) {
            return null;
        }
        Population played = whole.with(chosenPart);
        check(mistakes, played.events() > 0, "--part", part, "one with an event; this has none");
        checkFiles(mistakes, played.units());
        access.checkEach(mistakes, tls, played);
        checkProof(mistakes, proof, played);
        Faults faults = scenario == null ? Faults.NONE : scenario.faults();
        if (mistakes.isEmpty()) {
            tellOfLate(faults, whole.horizonMicros());
        }
        return new Plan(
                played,
                faults.drawn(chosenSeed, whole.horizonMicros()),
                broker,
                access.login(tls, password),
                proof,
                metricsPort);
    }

    /** A scenario may be cut short by {@code --seconds}: that is no mistake, but nobody should think that all were tried. */
    private void tellOfLate(Faults faults, long horizonMicros) {
        long late = faults.lateEpisodes(horizonMicros);
        if (late > 0) {
            err.println(
                    "simulate: %d of the scenario's faults would begin after its end, and do not come.".formatted(late)
                            + " A longer --seconds or an earlier at lets them");
        }
    }

    private @Nullable Population population(
            List<String> mistakes, @Nullable Scenario scenario, long chosenSeed, String name) {
        double byFile = scenario == null || scenario.length() == null
                ? SECONDS_DEFAULT
                : scenario.length().toMillis() / 1e3;
        double chosenSeconds = seconds == null ? byFile : seconds;
        try {
            Population population = scenario == null
                    ? QuickFleets.population(
                            chosenSeed, name, devices, agents, rate == null ? devices + agents : rate, chosenSeconds)
                    : scenario.population(chosenSeed, name, chosenSeconds);
            check(
                    mistakes,
                    population.events() > 0,
                    "the time",
                    "too short for a single event",
                    "a higher --rate or more --seconds");
            return population;
        } catch (IllegalArgumentException e) {
            mistakes.add(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static @Nullable Scenario scenario(List<String> mistakes, Path file) {
        return switch (ScenarioReader.read(file)) {
            case ScenarioReader.Outcome.Ready(Scenario scenario) -> scenario;
            case ScenarioReader.Outcome.Wrong(List<Mistake> wrong) -> {
                wrong.forEach(mistake -> mistakes.add(mistake.toString()));
                yield null;
            }
        };
    }

    private void checkReport(List<String> mistakes) {
        check(
                mistakes,
                report == null || isFileInFolder(report),
                "--report",
                report,
                "a file in a folder that is there");
    }

    private static boolean isFileInFolder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return folder != null && Files.isDirectory(folder) && !Files.isDirectory(file);
    }

    /** After a mistake, any. */
    private Proof proof(List<String> mistakes) {
        if (NO_STORE.equals(sql)) {
            return new Proof.Broker(verify);
        }
        if (!verify) {
            return new Proof.None();
        }
        String address = sql == null ? lastUp.sql().orElse(null) : sql;
        if (address == null) {
            mistakes.add("--verify needs a store, and no ./millrace up has left its address here: give its sql line"
                    + " with --sql, or --sql none to subscribe at the broker instead");
            return new Proof.None();
        }
        SqlAddress store = parsed(mistakes, "--sql", SqlAddress::parse, address);
        return store == null ? new Proof.None() : new Proof.Store(store, api);
    }

    /** Not every fleet can be proved in every way. */
    private static void checkProof(List<String> mistakes, Proof proof, Population population) {
        for (Fleet fleet : population.fleets()) {
            if (proof instanceof Proof.Broker && fleet.transport() == Fleet.Transport.AGENT) {
                mistakes.add(
                        "--sql none says that no gateway of ours is there, and agents (fleet %s) keep what none has"
                                        .formatted(fleet.name())
                                + " receipted: simulate devices, or leave out --sql none");
            }
            if (proof instanceof Proof.Broker(boolean subscribing)
                    && subscribing
                    && !fleet.format().topicNamesDevice()) {
                mistakes.add("--verify cannot tell the devices of fleet %s apart by what they publish, expected a topic"
                                .formatted(fleet.name())
                        + " with ${device}");
            }
            if (proof instanceof Proof.Store && !fleet.format().isOurs()) {
                mistakes.add("--verify cannot know what a store makes of the messages of fleet %s, which has a topic or"
                                .formatted(fleet.name())
                        + " template of its own: --sql none subscribes at the broker instead");
            }
        }
    }

    /** Each connection is a file to the operating system, at both ends. */
    private static void checkFiles(List<String> mistakes, long connections) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            long most = system.getMaxFileDescriptorCount() - FILES_OF_OURS;
            if (connections > most) {
                mistakes.add(("%d connections need as many file descriptors, and this process may open %d beside its"
                                + " own: raise ulimit -n, for the broker too, or simulate at most %d")
                        .formatted(connections, most, most));
            }
        }
    }

    private static void check(
            List<String> mistakes, boolean right, String option, @Nullable Object value, String expected) {
        if (!right) {
            mistakes.add("%s is %s, expected %s".formatted(option, value, expected));
        }
    }

    private static <T, R> @Nullable R parsed(List<String> mistakes, String option, Function<T, R> parser, T value) {
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException e) {
            mistakes.add("%s: %s".formatted(option, e.getMessage()));
            return null;
        }
    }
}
