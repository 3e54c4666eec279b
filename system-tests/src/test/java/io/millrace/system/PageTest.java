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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** The page in a real browser over the real thing: this machine's own figures, and a rule that always fires. */
class PageTest {
    private static final String RULES = """
            rules:
              - name: memory-in-use
                on: {device: "*", metric: memory.used}
                when: {above: 1, clear: 0}
                severity: minor
            """;

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
