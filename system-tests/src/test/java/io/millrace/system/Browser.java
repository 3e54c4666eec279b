package io.millrace.system;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** An installed Chromium, driven without a screen. */
final class Browser implements AutoCloseable {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private static final List<String> ARGUMENTS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser browser;

    private Browser(Playwright playwright, com.microsoft.playwright.Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    /** Where one is installed, on the {@code PATH}. */
    static Optional<Path> installed() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static Browser start(Path chromium) {
        var playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        var options = new BrowserType.LaunchOptions()
                .setExecutablePath(chromium)
                .setArgs(ARGUMENTS)
                .setHeadless(true);
        return new Browser(playwright, playwright.chromium().launch(options));
    }

    /** A screen to look at the page on. */
    record Screen(String name, int width, int height, ColorScheme colours) {
        static final Screen DESKTOP_LIGHT = new Screen("desktop-light", 1440, 900, ColorScheme.LIGHT);
        static final Screen DESKTOP_DARK = new Screen("desktop-dark", 1440, 900, ColorScheme.DARK);
        static final Screen PHONE_LIGHT = new Screen("phone-light", 390, 844, ColorScheme.LIGHT);
        static final Screen PHONE_DARK = new Screen("phone-dark", 390, 844, ColorScheme.DARK);
        static final Screen WALL = new Screen("wall", 3840, 2160, ColorScheme.DARK);
    }

    /** A page, and everything that it wrote to the console as an error or did not catch. */
    record Tab(Page page, BrowserContext context, List<String> errors) implements AutoCloseable {
        @Override
        public void close() {
            context.close();
        }
    }

    Tab open(URI address, Screen screen) {
        BrowserContext context = browser.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(screen.width(), screen.height())
                .setColorScheme(screen.colours()));
        Page page = context.newPage();
        List<String> errors = new CopyOnWriteArrayList<>();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                errors.add(message.text());
            }
        });
        page.onPageError(errors::add);
        page.navigate(address.toString());
        return new Tab(page, context, errors);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
