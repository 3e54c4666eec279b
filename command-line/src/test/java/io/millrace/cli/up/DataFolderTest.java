package io.millrace.cli.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.cli.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    private Path path;

    @Test
    void isHeldByOneProcessAtATime() throws Exception {
        Process other = start("hold");
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("held");
            assertThatExceptionOfType(CommandException.class)
                    .isThrownBy(() -> DataFolder.open(path))
                    .withMessageContaining("in use")
                    .withMessageContaining("process %d".formatted(other.pid()));
        } finally {
            other.destroyForcibly().waitFor();
        }
        DataFolder.open(path).close();
    }

    @Test
    void waitsForWhatAnEarlierUpLeftBehind() throws Exception {
        Files.createDirectories(path.resolve("run"));
        Process orphan = start("linger");
        assertThat(orphan.inputReader().readLine()).isEqualTo("lingering");
        Files.writeString(path.resolve("run/broker.pid"), orphan.pid() + "\n");
        var ender = Thread.ofVirtual().start(orphan::destroy);
        DataFolder.open(path).close();
        ender.join();
        assertThat(orphan.isAlive()).isFalse();
        assertThat(path.resolve("run/broker.pid")).doesNotExist();
    }

    @Test
    void aProcessIdIsReadWholeWheneverItIsRead() throws Exception {
        Path file = path.resolve("broker.pid");
        DataFolder.writePid(file, 1);
        var writer = new FutureTask<Void>(() -> {
            for (int pid = 10_000; pid < 12_000; pid++) {
                DataFolder.writePid(file, pid);
            }
            return null;
        });
        Thread.ofVirtual().start(writer);
        while (!writer.isDone()) {
            assertThat(Files.readString(file)).matches("\\d+\n");
        }
        writer.get();
        assertThat(file).hasContent("11999");
    }

    @Test
    void leavesAloneWhoeverWasGivenAProcessIdLater() throws Exception {
        Files.createDirectories(path.resolve("run"));
        Process stranger = start("linger");
        try {
            assertThat(stranger.inputReader().readLine()).isEqualTo("lingering");
            Path file = Files.writeString(path.resolve("run/broker.pid"), stranger.pid() + "\n");
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofMinutes(1))));
            DataFolder.open(path).close();
            assertThat(stranger.isAlive()).isTrue();
            assertThat(file).doesNotExist();
        } finally {
            stranger.destroyForcibly().waitFor();
        }
    }

    private Process start(String what) throws Exception {
        List<String> command = new ArrayList<>(TestChild.command());
        command.set(command.size() - 1, Holder.class.getName());
        command.addAll(List.of(what, path.toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Another up, as far as the folder is concerned. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            if (args[0].equals("hold")) {
                DataFolder folder = DataFolder.open(Path.of(args[1]));
                Files.writeString(folder.pidFile("up"), ProcessHandle.current().pid() + "\n");
                System.out.println("held");
            } else {
                System.out.println("lingering");
            }
            while (System.in.read() >= 0) {
                // Held open by the test.
            }
        }
    }
}
