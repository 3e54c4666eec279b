package io.millrace.agent.input;

import static java.util.Objects.requireNonNull;

import io.millrace.agent.config.InputConfig;
import io.millrace.agent.spool.AppendResult;
import io.millrace.agent.spool.InputState;
import io.millrace.model.Event;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a file row by row. Rows and the place behind them go to the spool as one record, so a kill at any instant neither
 * repeats nor skips a row. Rows that are none (ragged, no time, not UTF-8) are refused: logged with their line, counted,
 * passed over.
 */
final class CsvInput implements Input {
    /** Rows are put together into a record up to this many events. */
    static final int RECORD_EVENTS = 500;

    /** At pace {@code max}, reading waits while more events than this have no receipt. */
    static final long BACKLOG_EVENTS_MAX = 50_000;

    private static final long RECORD_BYTES = 64 * 1024;
    private static final int REFUSALS_LOGGED_MAX = 20;
    private static final int TAIL_BYTES = 64 * 1024;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration WAIT = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(CsvInput.class);

    private final InputConfig.Csv config;
    private final Intake intake;
    private final AgentClock clock;
    private final Pacer pacer;
    private List<Event> record = new ArrayList<>();
    private CsvProgress progress = CsvProgress.START;
    private boolean isProgressStored = true;
    private long recordBytes;
    private long events;
    private long refusalsLogged;

    CsvInput(InputConfig.Csv config, Intake intake, AgentClock clock) {
        this.config = config;
        this.intake = intake;
        this.clock = clock;
        this.pacer = new Pacer(config.pace(), clock);
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public boolean ends() {
        return !config.follow();
    }

    @Override
    public InputEnd run() throws InterruptedException {
        byte[] stored = intake.state(name());
        try {
            progress = stored == null ? CsvProgress.START : CsvProgress.decode(stored);
            boolean more = true;
            while (more) {
                more = readFile();
            }
            return new InputEnd.Finished(events, progress.refused());
        } catch (CsvColumns.UnfitException e) {
            return new InputEnd.Unfit(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            return new InputEnd.Unfit("%s: %s. Another version of the agent wrote it; give the input another name"
                    .formatted(config.path(), e.getMessage()));
        } catch (NoSuchFileException e) {
            return new InputEnd.Unreachable(
                    "%s is not there: input %s reads nothing. Correct its path, or put the file there and start the agent again"
                            .formatted(config.path(), name()));
        } catch (IOException e) {
            return new InputEnd.Unreachable(
                    "%s cannot be read at line %d: %s. Input %s reads no further until the agent is started again"
                            .formatted(config.path(), progress.line(), e, name()));
        }
    }

    /** Reads one file to its end; whether another one may follow. */
    private boolean readFile() throws IOException, InterruptedException, CsvColumns.UnfitException {
        try (CsvFile file = open()) {
            if (file.isTruncated(progress.offset(), progress.head())) {
                startOver();
            }
            CsvColumns columns = columns(file);
            if (columns == null) {
                return true;
            }
            shiftLastRowToNow(file, columns);
            CsvRows rows = file.rows(config.delimiter(), progress.offset(), progress.line());
            drain(rows, columns, file, !config.follow());
            while (config.follow()) {
                clock.sleep(POLL);
                if (file.isTruncated(progress.offset(), progress.head())) {
                    return true;
                }
                boolean isRotated = file.isRotated();
                drain(rows, columns, file, isRotated);
                if (isRotated) {
                    log.info("File was rotated: input={} path={} lines={}", name(), config.path(), progress.line() - 1);
                    progress = progress.restarted();
                    break;
                }
            }
            intake.flush(config.lane());
            return config.follow();
        }
    }

    private void startOver() {
        log.warn(
                "File was replaced, reading it from its beginning; what was added to the old one after the last line"
                        + " read is not known here: input={} path={} lastLine={}",
                name(),
                config.path(),
                progress.line() - 1);
        progress = progress.restarted();
    }

    private CsvFile open() throws IOException, InterruptedException {
        boolean isTold = false;
        while (true) {
            try {
                return CsvFile.open(config.path());
            } catch (NoSuchFileException e) {
                if (!config.follow()) {
                    throw e;
                }
                if (!isTold) {
                    log.info("File is not there yet, waiting for it: input={} path={}", name(), config.path());
                    isTold = true;
                }
                clock.sleep(POLL);
            }
        }
    }

    /** The columns by the file's header; null if the file was rotated before it had one. */
    private @Nullable CsvColumns columns(CsvFile file)
            throws IOException, InterruptedException, CsvColumns.UnfitException {
        CsvRows rows = file.rows(config.delimiter(), 0, 1);
        while (true) {
            switch (rows.next(!config.follow())) {
                case CsvRows.Row.Cells header -> {
                    if (config.header() && progress.offset() == 0) {
                        moveTo(header.end(), header.nextLine());
                    }
                    return CsvColumns.of(config, config.header() ? header.cells() : numbers(header.cells()));
                }
                case CsvRows.Row.Unreadable row ->
                    throw new CsvColumns.UnfitException(
                            "%s:1: the header is not readable: %s. Correct the file or the delimiter of input %s"
                                    .formatted(config.path(), row.reason(), name()));
                case CsvRows.Row.None _ -> {
                    if (!config.follow()) {
                        throw new CsvColumns.UnfitException(
                                "%s is empty, expected a row that names the columns".formatted(config.path()));
                    }
                    if (file.isRotated()) {
                        return null;
                    }
                    clock.sleep(POLL);
                }
            }
        }
    }

    private static List<String> numbers(List<String> cells) {
        return IntStream.rangeClosed(1, cells.size())
                .mapToObj(Integer::toString)
                .toList();
    }

    private void drain(CsvRows rows, CsvColumns columns, CsvFile file, boolean toTheEnd)
            throws IOException, InterruptedException {
        while (true) {
            switch (rows.next(toTheEnd)) {
                case CsvRows.Row.Cells row -> read(row, columns, file);
                case CsvRows.Row.Unreadable row -> {
                    refuse(row.line(), row.reason());
                    moveTo(row.end(), row.nextLine());
                }
                case CsvRows.Row.None _ -> {
                    store(file);
                    return;
                }
            }
            if (record.size() >= RECORD_EVENTS || recordBytes >= RECORD_BYTES) {
                store(file);
            }
        }
    }

    private void read(CsvRows.Row.Cells row, CsvColumns columns, CsvFile file)
            throws IOException, InterruptedException {
        Long time = time(row, columns);
        if (time != null) {
            long shifted = shifted(time);
            Duration untilDue = untilDue(time, shifted);
            if (untilDue.isPositive()) {
                store(file);
                clock.sleep(untilDue);
            }
            columns.addEvents(row.cells(), shifted, record);
        }
        moveTo(row.end(), row.nextLine());
    }

    /** The row's recorded time; null if the row is refused. */
    private @Nullable Long time(CsvRows.Row.Cells row, CsvColumns columns) {
        List<String> cells = row.cells();
        if (cells.size() != columns.size()) {
            refuse(row.line(), "%d columns, expected %d as in the header".formatted(cells.size(), columns.size()));
            return null;
        }
        Long time = parsed(cells, columns);
        if (time == null) {
            refuse(
                    row.line(),
                    "time is \"%s\", expected it as time.format says".formatted(cells.get(columns.timeColumn())));
        }
        return time;
    }

    private @Nullable Long parsed(List<String> cells, CsvColumns columns) {
        try {
            return config.time().format().micros(cells.get(columns.timeColumn()).strip());
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            return null;
        }
    }

    private long shifted(long time) throws InterruptedException {
        if (!config.shiftToNow()) {
            return time;
        }
        if (progress.shift() == null) {
            progress = progress.shiftedBy(new CsvProgress.Shift(time, plausibleNow()));
        }
        return requireNonNull(progress.shift())
                .apply(time, config.pace().isMax() ? 1 : config.pace().speed());
    }

    private Duration untilDue(long time, long shifted) {
        return config.shiftToNow() && !config.pace().isMax()
                ? Duration.of(shifted - clock.micros(), ChronoUnit.MICROS)
                : pacer.untilDue(time);
    }

    /** Without a pace nothing may be stamped ahead of now, so it is the last row that becomes now. */
    private void shiftLastRowToNow(CsvFile file, CsvColumns columns) throws IOException, InterruptedException {
        if (!config.shiftToNow() || !config.pace().isMax() || progress.shift() != null) {
            return;
        }
        Long last = null;
        CsvRows rows = file.rows(config.delimiter(), Math.max(progress.offset(), file.size() - TAIL_BYTES), 1);
        for (CsvRows.Row row = rows.next(true); !(row instanceof CsvRows.Row.None); row = rows.next(true)) {
            if (row instanceof CsvRows.Row.Cells cells && cells.cells().size() == columns.size()) {
                Long time = parsed(cells.cells(), columns);
                last = time == null ? last : time;
            }
        }
        if (last != null) {
            progress = progress.shiftedBy(new CsvProgress.Shift(last, plausibleNow()));
        }
    }

    private long plausibleNow() throws InterruptedException {
        while (!clock.isPlausible()) {
            clock.sleep(WAIT);
        }
        return clock.micros();
    }

    private void refuse(long line, String reason) {
        progress = progress.withRefused(progress.refused() + 1);
        isProgressStored = false;
        refusalsLogged++;
        if (refusalsLogged <= REFUSALS_LOGGED_MAX) {
            String shown = reason.length() > 200 ? reason.substring(0, 200) + "…" : reason;
            log.warn("Row refused: at={}:{} reason={}", config.path(), line, shown.replaceAll("\\p{Cntrl}", "␀"));
        }
        if (refusalsLogged == REFUSALS_LOGGED_MAX) {
            log.warn("Further refused rows are counted only: input={}", name());
        }
    }

    private void moveTo(long offset, long line) {
        recordBytes += offset - progress.offset();
        progress = progress.movedTo(offset, line);
        isProgressStored = false;
    }

    /** Hands the record to the spool, with the place behind it; waits while there is no room. */
    private void store(CsvFile file) throws IOException, InterruptedException {
        if (isProgressStored) {
            return;
        }
        progress = progress.withHead(file.headUpTo(progress.offset()));
        var state = new InputState(name(), progress.encode());
        boolean isTaken = false;
        while (!isTaken) {
            if (config.pace().isMax()) {
                awaitReceipts();
            }
            switch (intake.append(config.lane(), record, state)) {
                case AppendResult.Accepted _, AppendResult.Dropped _ -> isTaken = true;
                case AppendResult.Full _ -> awaitRoom();
            }
        }
        events += record.size();
        record = new ArrayList<>();
        recordBytes = 0;
        isProgressStored = true;
    }

    private void awaitReceipts() throws InterruptedException {
        while (!intake.awaitBacklog(config.lane(), BACKLOG_EVENTS_MAX, WAIT)) {
            // only an interrupt ends the wait
        }
    }

    private void awaitRoom() throws InterruptedException {
        while (!intake.awaitRoom(config.lane(), WAIT)) {
            // only an interrupt ends the wait
        }
    }

    @Override
    public void close() {}
}
