package io.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./millrace} answers by itself, before it needs a JDK or a build. */
class ScriptTest {
    private record Result(int exit, String out, String err) {}

    @TempDir
    private Path elsewhere;

    @Test
    void helpIsOnStandardOutput() throws Exception {
        Result result = run(Modules.HOME.resolve("millrace"), "--help");
        assertThat(result.exit()).isEqualTo(0);
        assertThat(result.out())
                .contains("up ", "agent ", "simulate ", "audit ", "replay ", "rebuild ", "bench ", "test ");
    }

    @Test
    void anUnknownCommandIsWrongUsageAndListsTheKnownOnes() throws Exception {
        Result result = run(Modules.HOME.resolve("millrace"), "launch");
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("unknown command launch", "audit ");
    }

    @Test
    void noCommandIsWrongUsage() throws Exception {
        assertThat(run(Modules.HOME.resolve("millrace")).exit()).isEqualTo(2);
    }

    @Test
    void worksFromAnyFolderAndThroughALink() throws Exception {
        Path link = Files.createSymbolicLink(elsewhere.resolve("mr"), Modules.HOME.resolve("millrace"));
        Result result = run(link, "test", "--quick");
        assertThat(result.exit()).isEqualTo(2);
        assertThat(result.err()).contains("unknown argument --quick");
    }

    private Result run(Path script, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        Path err = elsewhere.resolve("err");
        Process process = new ProcessBuilder(command)
                .directory(elsewhere.toFile())
                .redirectError(err.toFile())
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out, Files.readString(err));
    }
}
