package io.millrace.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The supervisor against real processes. */
class ChildTest {
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final List<Child> started = new ArrayList<>();

    @AfterEach
    void stopAll() throws InterruptedException {
        for (Child child : started) {
            child.stop(WAIT_MAX);
        }
    }

    @Test
    void aKilledChildIsStartedAgainUnderANewPid() throws Exception {
        Child child = start(TestChild.command());
        ProcessHandle first = awaitProcess(-1);
        first.destroyForcibly();
        ProcessHandle second = awaitProcess(first.pid());
        assertThat(second.isAlive()).isTrue();
        assertThat(child.lastExit()).hasValue(128 + 9);
    }

    @Test
    void aStoppedChildIsGoneAndStaysGone() throws Exception {
        Child child = start(TestChild.command());
        ProcessHandle process = awaitProcess(-1);
        String hello = "hello from " + process.pid();
        await(() -> child.logTail().contains(hello) ? Optional.of(true) : Optional.empty());
        child.stop(WAIT_MAX);
        assertThat(process.isAlive()).isFalse();
        assertThat(folder.resolve("child.pid")).doesNotExist();
    }

    @Test
    void aChildThatCannotStartIsTriedAgainAndCanBeStopped() throws Exception {
        Child child = start(List.of(folder.resolve("nothing-here").toString()));
        await(() -> child.lastExit().isPresent() ? Optional.of(true) : Optional.empty());
        assertThat(child.lastExit()).hasValue(127);
    }

    private Child start(List<String> command) {
        var log = new LogFile(folder.resolve("child.log"));
        var child = new Child("child", command, folder.resolve("child.pid"), log, System::nanoTime);
        started.add(child);
        child.start();
        return child;
    }

    private ProcessHandle awaitProcess(long otherThan) throws Exception {
        return await(() -> {
            Path file = folder.resolve("child.pid");
            String pid = Files.exists(file) ? Files.readString(file).strip() : "";
            return pid.isEmpty() || Long.parseLong(pid) == otherThan
                    ? Optional.empty()
                    : ProcessHandle.of(Long.parseLong(pid));
        });
    }

    private static <T> T await(Condition<T> condition) throws Exception {
        long deadline = System.nanoTime() + WAIT_MAX.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<T> met = condition.met();
            if (met.isPresent()) {
                return met.get();
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        throw new AssertionError("not met within " + WAIT_MAX);
    }

    private interface Condition<T> {
        Optional<T> met() throws IOException;
    }
}
