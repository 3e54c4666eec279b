package io.millrace.agent.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.agent.config.InputConfig;
import io.millrace.agent.config.Pace;
import io.millrace.agent.config.TimeColumn;
import io.millrace.agent.spool.AppendResult;
import io.millrace.agent.spool.Cursor;
import io.millrace.agent.spool.InputState;
import io.millrace.agent.spool.Position;
import io.millrace.agent.spool.Spool;
import io.millrace.agent.spool.SpoolConfig;
import io.millrace.agent.spool.Spooled;
import io.millrace.agent.spool.SyncPolicy;
import io.millrace.agent.spool.WhenFull;
import io.millrace.model.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file, the real spool, and an agent that dies at every line: what the folder holds at that instant is all there is. */
class CsvResumeTest {
    private static final List<String> LANES = List.of("telemetry");
    private static final int ROWS = 25;

    @TempDir
    Path folder;

    private SpoolConfig spool(Path directory) {
        return new SpoolConfig(
                directory, "s", "a", LANES, new SyncPolicy.Never(), SpoolConfig.BYTES_MAX_MIN, 0, WhenFull.BLOCK);
    }

    private CsvInput input(Intake intake) {
        var config = new InputConfig.Csv(
                "csv",
                "telemetry",
                folder.resolve("a.csv"),
                ',',
                true,
                "d",
                new TimeColumn("t", Long::parseLong),
                Map.of(),
                true,
                Set.of(),
                Pace.ORIGINAL,
                false,
                false);
        return new CsvInput(config, intake, new ManualClock(ManualClock.NOON));
    }

    @Test
    void everyRowIsInTheSpoolOnceWhereverTheAgentDies() throws Exception {
        var text = new StringBuilder("t,a,b\n");
        IntStream.range(0, ROWS).forEach(i -> text.append("%d,%d,x%d%n".formatted(i * 1_000_000L, i, i)));
        Files.writeString(folder.resolve("a.csv"), text);
        List<Long> expected = IntStream.range(0, ROWS)
                .boxed()
                .flatMap(i -> Stream.of(i * 1_000_000L, i * 1_000_000L))
                .toList();
        for (int row = 1; row <= ROWS; row++) {
            Path alive = folder.resolve("alive-" + row);
            Path image = folder.resolve("image-" + row);
            try (Spool spool = Spool.open(spool(alive), InstantSource.system())) {
                dieAfter(row, spool, alive, image);
            }
            try (Spool spool = Spool.open(spool(image), InstantSource.system())) {
                assertThat(input(new SpoolIntake(spool, LANES)).run()).isInstanceOf(InputEnd.Finished.class);
                assertThat(times(spool)).as("died at row %d", row).isEqualTo(expected);
            }
        }
    }

    /** Runs until that many rows were appended, and takes an image of the folder at that instant, flushed or not. */
    private void dieAfter(int rows, Spool spool, Path alive, Path image) throws Exception {
        var intake = new DyingIntake(new SpoolIntake(spool, LANES), rows, () -> {
            if (rows % 2 == 0) {
                spool.lane("telemetry").flush();
            }
            copy(alive, image);
        });
        try {
            input(intake).run();
        } catch (MemoryIntake.Killed e) {
            assertThat(image).isDirectory();
        }
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                try {
                    Files.copy(path, target);
                } catch (NoSuchFileException e) {
                    // replaced under our eyes by the spool's thread
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Long> times(Spool spool) throws InterruptedException {
        spool.lane("telemetry").flush();
        var times = new ArrayList<Long>();
        Position end = spool.lane("telemetry").end();
        try (Cursor cursor = spool.lane("telemetry").cursor(Position.START)) {
            while (cursor.next(1_000, 1 << 16, end) instanceof Spooled.Events read) {
                read.events().events().stream().map(Event::timeMicros).forEach(times::add);
            }
        }
        return times;
    }

    /** Ends the process, as far as the input can tell, instead of taking one append too many. */
    private record DyingIntake(Intake intake, int[] left, Runnable onDeath) implements Intake {
        DyingIntake(Intake intake, int appends, Runnable onDeath) {
            this(intake, new int[] {appends}, onDeath);
        }

        @Override
        public List<String> lanes() {
            return intake.lanes();
        }

        @Override
        public byte @Nullable [] state(String input) {
            return intake.state(input);
        }

        @Override
        public AppendResult append(String lane, List<Event> events, @Nullable InputState state) {
            AppendResult result = intake.append(lane, events, state);
            if (--left[0] == 0) {
                onDeath.run();
                throw new MemoryIntake.Killed();
            }
            return result;
        }

        @Override
        public boolean flush(String lane) {
            return intake.flush(lane);
        }

        @Override
        public boolean awaitRoom(String lane, Duration atMost) throws InterruptedException {
            return intake.awaitRoom(lane, atMost);
        }

        @Override
        public boolean awaitBacklog(String lane, long atMostEvents, Duration atMost) throws InterruptedException {
            return intake.awaitBacklog(lane, atMostEvents, atMost);
        }
    }
}
