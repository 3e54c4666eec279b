package io.millrace.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import io.millrace.system.Browser.Screen;
import io.millrace.system.Browser.Tab;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The page in a real browser over the real thing: this machine's own figures with rules that always fire or never may, and
 * two kilns whose last forty minutes are known.
 */
class PageTest {
    private static final String RULES = """
            rules:
              - name: memory-in-use
                on: {device: "*", metric: memory.used}
                when: {above: 1, clear: 0}
                severity: minor
              - name: memory-for-long
                on: {device: "*", metric: memory.usage}
                when: {above: 0, for: 5h}
                severity: warning
              - name: memory-inhibited
                on: {device: "*", metric: memory.usage}
                when: {above: 0}
                severity: warning
                inhibited-by: [memory-in-use]
              - name: disk-serviced
                on: {device: "*", metric: disk.usage}
                when: {above: 0}
                severity: warning
              - name: kiln-hot
                on: {device: "kiln-*", metric: temperature}
                when: {above: 80, clear: 70}
                severity: major
              - name: kiln-mean
                on: {device: kiln-2, metric: temperature}
                window: {type: tumbling, size: 1m}
                when: {aggregate: mean, above: 60, clear: 55}
                severity: minor
            maintenance:
              - {metric: disk.usage, from: 2020-01-01T00:00:00Z, to: 2099-01-01T00:00:00Z}
            """;

    /** How many pixels of the chart have the colour of the draft's bars, which nothing else in it has. */
    private static final String COUNT_OF_BAR_PIXELS = """
            canvas => {
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              const bad = getComputedStyle(canvas).getPropertyValue("--bad").trim();
              const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(bad.slice(i, i + 2), 16));
              let count = 0;
              for (let i = 0; i < data.length; i += 4) {
                count += data[i] === r && data[i + 1] === g && data[i + 2] === b ? 1 : 0;
              }
              return count;
            }""";

    private static final Path SCREENSHOTS = Modules.HOME.resolve("system-tests/target/screenshots");
    private static final double WAIT_MILLIS_MAX = Await.MAX.toMillis();

    @TempDir
    private static Path folder;

    private static @Nullable Browser browser;
    private static @Nullable Millrace millrace;

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> chromium = Browser.installed();
        assumeTrue(chromium.isPresent(), "no Chromium on the PATH: install it (Debian: chromium) to test the page");
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(data.resolve("rules.yaml"), RULES);
        millrace = Millrace.up(data);
        feedKilns();
        browser = Browser.start(chromium.orElseThrow());
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (millrace != null) {
            millrace.close();
        }
    }

    /**
     * Kiln 1 is hot 30 minutes ago, too hot for {@code kiln-hot}, and again 15 minutes ago, but less. The last whole minute
     * of kiln 2 gets a reading late that makes it too hot on average.
     */
    private static void feedKilns() throws IOException {
        Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES).minusSeconds(120);
        try (var kiln1 = new PlainDevice(millrace.mqtt(), "hall", "kiln-1");
                var kiln2 = new PlainDevice(millrace.mqtt(), "hall", "kiln-2")) {
            for (int second = -40 * 60; second <= 0; second += 10) {
                double hot = 60 + bump(second + 30 * 60, 30) + bump(second + 15 * 60, 18);
                kiln1.publish("temperature", "°C", minute.plusSeconds(second), hot);
                kiln2.publish("temperature", "°C", minute.plusSeconds(second), 50);
            }
            kiln2.publish("temperature", "°C", minute.minusSeconds(5), 500);
        }
    }

    private static double bump(int second, double height) {
        return height * Math.max(0, 1 - Math.abs(second) / 150.0);
    }

    private static Tab open(String path, Screen screen) {
        URI page = millrace.page();
        return browser.open(page.resolve(path), screen);
    }

    static List<Screen> screens() {
        return List.of(Screen.DESKTOP_LIGHT, Screen.DESKTOP_DARK, Screen.PHONE_LIGHT, Screen.PHONE_DARK, Screen.WALL);
    }

    @ParameterizedTest
    @MethodSource("screens")
    void showsWhatHappensNow(Screen screen) {
        try (Tab tab = open("/", screen)) {
            Page page = tab.page();
            shows(page.locator(".connection"), "live");
            shows(page.locator("mr-strip .rate .big"), Pattern.compile("[1-9]"));
            shows(page.locator("mr-strip .ledger"), "nothing missing");
            shows(page.locator("mr-devices"), "cpu.usage");
            shows(page.locator("mr-alerts"), "memory-in-use");
            shows(page.locator("mr-pending"), "memory-for-long");
            assertThat(page.locator(".canvas canvas").first()).isVisible(patiently());
            shows(page.locator(".chip b").first(), Pattern.compile("\\d"));
            screenshot(page, "live-" + screen.name());
            hasNoFault(tab, screen);
        }
    }

    @ParameterizedTest
    @MethodSource("screens")
    void showsTheLedger(Screen screen) {
        try (Tab tab = open("/#/ledger", screen)) {
            Page page = tab.page();
            shows(page.locator("mr-ledger tbody"), "telemetry");
            screenshot(page, "ledger-" + screen.name());
            hasNoFault(tab, screen);
        }
    }

    @Test
    void showsWhatIsAboutToBeRaisedAndWhatHoldsItBack() {
        try (Tab tab = open("/", Screen.DESKTOP_LIGHT)) {
            Locator pending = tab.page().locator("mr-pending");
            shows(pending, Pattern.compile("memory-for-long.*raised in [45] h", Pattern.DOTALL));
            shows(pending, Pattern.compile("memory-inhibited.*inhibited by memory-in-use", Pattern.DOTALL));
            shows(pending, Pattern.compile("disk-serviced.*in maintenance until .*2099", Pattern.DOTALL));
            assertThat(tab.page().locator("mr-alerts")).not().containsText("disk-serviced");
            assertThat(tab.errors()).isEmpty();
        }
    }

    static List<Screen> aDeskAndAPhone() {
        return List.of(Screen.DESKTOP_LIGHT, Screen.PHONE_DARK);
    }

    @ParameterizedTest
    @MethodSource("aDeskAndAPhone")
    void showsWhatBecameOfAlertsAndWhoDidWhat(Screen screen) {
        try (Tab tab = open("/#/?series=hall/kiln-2/kiln-2%2Btemperature", screen)) {
            Page page = tab.page();
            page.locator("mr-history summary").click();
            Locator steps = page.locator("mr-history .step");
            shows(steps.filter(containing("kiln-mean")).filter(containing("raised")), "retroactive");
            shows(steps.filter(containing("kiln-hot")).first(), "kiln-1 · temperature");

            Locator alert = page.locator(".alert").filter(containing("memory-in-use"));
            alert.locator(".act").click();
            alert.locator("input[name=who]").fill("ada on " + screen.name());
            alert.locator("input[name=why]").fill("a test");
            alert.locator("button[value=shelve]").click();
            shows(steps.filter(containing("shelved")).first(), "ada on " + screen.name() + ": a test");

            page.getByText("Those in the chart").click();
            assertThat(steps.filter(containing("memory-in-use"))).hasCount(0);
            shows(steps.first(), "kiln-mean");
            page.locator("mr-history").scrollIntoViewIfNeeded();
            screenshot(page, "history-" + screen.name());
            hasNoFault(tab, screen);
        }
    }

    private static Locator.FilterOptions containing(String text) {
        return new Locator.FilterOptions().setHasText(text);
    }

    @ParameterizedTest
    @MethodSource("screens")
    void triesADraftOfRulesOnThePast(Screen screen) {
        try (Tab tab = open("/#/backtest?last=60m", screen)) {
            Page page = tab.page();
            Locator draft = page.getByLabel("Rules", new Page.GetByLabelOptions().setExact(true));
            assertThat(draft).hasValue(RULES, new LocatorAssertions.HasValueOptions().setTimeout(WAIT_MILLIS_MAX));
            draft.fill(RULES.replace("above: 80, clear: 70", "above: 74, clear: 70")
                    .replace("above: 60", "above: 600"));
            draft.press("Control+Enter");

            Locator report = page.locator("mr-backtest-report");
            shows(report.locator("button.change.earlier"), "1 earlier");
            shows(report.locator("button.change.new"), "1 new");
            shows(report.locator("button.change.gone"), "1 gone");
            Locator hot = report.locator("[aria-label='By rule'] tbody tr").filter(containing("kiln-hot"));
            assertThat(hot.locator("[data-label=Alerts]")).hasText("2");
            assertThat(hot.locator("[data-label='A day']")).hasText("48");
            assertThat(hot.locator("[data-label='In alarm']")).hasText("4 min 30 s");

            report.locator("button.change.earlier").click();
            Locator alerts = report.locator("[aria-label=Alerts] tbody tr");
            assertThat(alerts).hasCount(1);
            alerts.locator(".link").click();
            assertThat(alerts.locator(".link")).hasAttribute("aria-pressed", "true");
            Locator canvas = report.locator("canvas").first();
            assertThat(canvas).isVisible(patiently());
            page.waitForCondition(() -> ((Number) canvas.evaluate(COUNT_OF_BAR_PIXELS)).intValue() > 50);
            report.locator("button.change.earlier").click();
            screenshot(page, "backtest-" + screen.name());
            hasNoFault(tab, screen);
        }
    }

    @Test
    void aDraftWithMistakesIsNotTriedAndEachMistakeLeadsToItsPlace() {
        try (Tab tab = open("/#/backtest?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", Screen.PHONE_LIGHT)) {
            Page page = tab.page();
            Locator draft = page.locator("#draft");
            assertThat(draft).hasValue(RULES, new LocatorAssertions.HasValueOptions().setTimeout(WAIT_MILLIS_MAX));
            draft.fill(RULES.replaceFirst("severity: minor", "severity: miner"));
            page.getByText("Run", new Page.GetByTextOptions().setExact(true)).click();
            Locator mistake = page.locator(".mistakes button");
            shows(mistake, "line 5, column 15 rules[1].severity is \"miner\"");
            mistake.click();
            assertThat(draft).isFocused();
            assertThat(draft.evaluate("a => a.value.slice(a.selectionStart, a.selectionEnd)"))
                    .isEqualTo("miner");
            screenshot(page, "backtest-mistakes");
            assertThat(tab.errors()).allMatch(PageTest::isOfTheNetwork);
            tab.errors().clear();
            hasNoFault(tab, Screen.PHONE_LIGHT);

            draft.fill(RULES);
            page.getByText("Run", new Page.GetByTextOptions().setExact(true)).click();
            shows(page.locator("mr-backtest-report"), "would have raised nothing in this time");
            assertThat(page.locator(".mistakes")).hasCount(0);
        }
    }

    @Test
    void showsWhatIsInAlarmToThoseWhoHaveChosenNothing() {
        try (Tab before = open("/", Screen.DESKTOP_LIGHT)) {
            shows(before.page().locator("mr-alerts"), "memory-in-use");
            try (Tab tab = open("/", Screen.DESKTOP_LIGHT)) {
                shows(tab.page().locator(".chip").first(), "memory.used");
                assertThat(tab.errors()).isEmpty();
            }
        }
    }

    @Test
    void aClickPutsASeriesOnTheChartAndTakesItOff() {
        try (Tab tab = open("/", Screen.DESKTOP_LIGHT)) {
            Page page = tab.page();
            Locator row =
                    page.locator("mr-devices .series button", new Page.LocatorOptions().setHasText("memory.usage"));
            assertThat(row).isVisible(patiently());
            assertThat(page.locator(".chip").first()).isVisible(patiently());
            String before = row.getAttribute("aria-pressed");
            row.click();
            assertThat(row).hasAttribute("aria-pressed", before.equals("true") ? "false" : "true");
            row.click();
            assertThat(row).hasAttribute("aria-pressed", before);
            assertThat(tab.errors()).isEmpty();
        }
    }

    @Test
    void pointingAtTheChartReadsItsValues() {
        try (Tab tab = open("/", Screen.DESKTOP_LIGHT)) {
            Page page = tab.page();
            Locator canvas = page.locator(".canvas canvas").first();
            assertThat(canvas).isVisible(patiently());
            shows(page.locator(".chip b").first(), Pattern.compile("\\d"));
            var box = canvas.boundingBox();
            Locator tooltip = page.locator(".tooltip .row").first();
            page.mouse().move(box.x + box.width - 40, box.y + 80);
            page.mouse().move(box.x + box.width - 30, box.y + 90);
            shows(tooltip, Pattern.compile("\\d"));
            screenshot(page, "tooltip");
            assertThat(tab.errors()).isEmpty();
        }
    }

    /** Text that looks like markup is shown as text, the way a device sent it. */
    @Test
    void whatADeviceSendsIsNoMarkup() throws Exception {
        int port = Loopback.freePort();
        Path config = Files.writeString(folder.resolve("notes.yaml"), """
            site: plant-1
            agent: notes
            mqtt: %s
            spool: {dir: ./notes}
            inputs:
              - {type: http, listen: 127.0.0.1:%d}
            """.formatted(millrace.mqtt(), port));
        Process agent = Millrace.agent(config);
        try (Tab tab = open("/", Screen.DESKTOP_LIGHT);
                HttpClient client = HttpClient.newHttpClient()) {
            Await.until("the agent listens", () -> Loopback.accepts(port) ? true : null);
            HttpRequest note = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/events".formatted(port)))
                    .POST(BodyPublishers.ofString(
                            "{\"device\": \"kitchen\", \"metric\": \"note\", \"value\": \"<b id=x>hot</b>\"}"))
                    .build();
            assertThat(client.send(note, BodyHandlers.ofString()).statusCode()).isBetween(200, 299);
            shows(tab.page().locator("mr-devices"), "<b id=x>hot</b>");
            assertThat(tab.page().locator("#x")).hasCount(0);
            assertThat(tab.errors()).isEmpty();
        } finally {
            agent.destroyForcibly().waitFor();
        }
    }

    @Test
    void anEmptyStoreSaysHowToBegin() throws Exception {
        try (var empty = Millrace.up(folder.resolve("empty"), "--no-demo");
                Tab tab = browser.open(empty.page(), Screen.PHONE_LIGHT)) {
            shows(
                    tab.page().locator("mr-devices"),
                    "mosquitto_pub -h 127.0.0.1 -p " + empty.mqtt().getPort());
            screenshot(tab.page(), "empty");
            hasNoFault(tab, Screen.PHONE_LIGHT);
        }
    }

    @Test
    void saysThatItIsCutOffAndComesBackByItself() throws Exception {
        try (Tab tab = open("/", Screen.DESKTOP_LIGHT)) {
            Page page = tab.page();
            shows(page.locator(".connection"), "live");
            millrace.process("gateway").destroyForcibly();
            shows(page.locator(".connection"), "reconnecting");
            screenshot(page, "reconnecting");
            shows(page.locator(".connection.live"), "live");
            shows(page.locator(".chip b").first(), Pattern.compile("\\d"));
            assertThat(tab.errors()).allMatch(PageTest::isOfTheNetwork);
        }
    }

    /** A browser itself reports each refused connection as an error. */
    private static boolean isOfTheNetwork(String error) {
        return error.contains("WebSocket connection to") || error.contains("Failed to load resource");
    }

    private static void hasNoFault(Tab tab, Screen screen) {
        Object tooWide = tab.page().evaluate("document.documentElement.scrollWidth - innerWidth");
        assertThat(((Number) tooWide).intValue())
                .as("pixels too wide on " + screen.name())
                .isLessThanOrEqualTo(0);
        assertThat(new AxeBuilder(tab.page()).analyze().getViolations())
                .extracting(PageTest::violation)
                .isEmpty();
        assertThat(tab.errors()).isEmpty();
    }

    private static String violation(Rule rule) {
        return "%s: %s"
                .formatted(
                        rule.getId(),
                        rule.getNodes().stream().map(node -> node.getHtml()).toList());
    }

    private static void shows(Locator what, String text) {
        assertThat(what).containsText(text, new LocatorAssertions.ContainsTextOptions().setTimeout(WAIT_MILLIS_MAX));
    }

    private static void shows(Locator what, Pattern text) {
        assertThat(what).containsText(text, new LocatorAssertions.ContainsTextOptions().setTimeout(WAIT_MILLIS_MAX));
    }

    private static LocatorAssertions.IsVisibleOptions patiently() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(WAIT_MILLIS_MAX);
    }

    private static void screenshot(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")));
    }
}
