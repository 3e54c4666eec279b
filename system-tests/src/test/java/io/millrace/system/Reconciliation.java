package io.millrace.system;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the journal of one producer and the store say of each other, found by SQL and without any code of the product.
 *
 * @param stored rows in {@code events}
 * @param explained acknowledged readings that are not stored, and within a declared gap
 * @param lost acknowledged readings that are neither stored nor within a gap
 * @param doubled readings that are stored more than once
 * @param foreign readings that are stored and that nobody produced: also one that was changed on its way
 */
record Reconciliation(
        String agent,
        int acknowledged,
        int unanswered,
        int stored,
        int explained,
        List<Reading> lost,
        List<Reading> doubled,
        List<Reading> foreign) {
    static final String EVENTS = "SELECT %s, epoch, seq FROM events".formatted(Reading.COLUMNS);
    static final String GAPS = "SELECT lane, epoch, first, last, cast(from_ts AS long), cast(to_ts AS long) FROM gaps";

    private static final int SHOWN_MAX = 10;
    private static final int CHARS_SHOWN_MAX = 160;

    /** Names an event in the agent's books. */
    private record Id(String lane, String epoch, long sequence) {}

    /** A declaration; what was lost of {@code first} to {@code last} has its time within {@code from} and {@code to}. */
    private record Gap(String lane, long fromMicros, long toMicros) {
        boolean covers(Reading reading) {
            return reading.lane().equals(lane)
                    && fromMicros <= reading.timeMicros()
                    && reading.timeMicros() <= toMicros;
        }
    }

    /** Gaps of an agent: when, and how many events of each lane may hide in them. */
    private record Gaps(List<Gap> all, Map<String, Long> roomByLane) {}

    static Reconciliation of(Journal journal, Sql sql) throws Exception {
        String ofAgent = " WHERE agent = '%s'".formatted(journal.agent());
        return of(journal, sql.rows(EVENTS + ofAgent), sql.rows(GAPS + ofAgent));
    }

    /**
     * @param events rows of {@link #EVENTS}
     * @param gapRows rows of {@link #GAPS}
     */
    static Reconciliation of(Journal journal, List<List<String>> events, List<List<String>> gapRows) {
        Set<Id> ids = new HashSet<>();
        Map<Reading, Integer> timesStored = new HashMap<>();
        for (List<String> row : events) {
            timesStored.merge(Reading.of(row), 1, Integer::sum);
            ids.add(new Id(row.getFirst(), row.get(row.size() - 2), Long.parseLong(row.getLast())));
        }
        List<Reading> absent = journal.acknowledged().stream()
                .filter(reading -> !timesStored.containsKey(reading))
                .toList();
        List<Reading> lost = lost(absent, gaps(gapRows, ids));
        return new Reconciliation(
                journal.agent(),
                journal.acknowledged().size(),
                journal.unanswered().size(),
                timesStored.values().stream().mapToInt(Integer::intValue).sum(),
                absent.size() - lost.size(),
                lost,
                timesStored.keySet().stream()
                        .filter(reading -> timesStored.getOrDefault(reading, 0) > 1)
                        .toList(),
                timesStored.keySet().stream()
                        .filter(reading -> !journal.acknowledged().contains(reading)
                                && !journal.unanswered().contains(reading))
                        .toList());
    }

    /**
     * @param ids of events that are stored: what is stored wins over a gap
     */
    private static Gaps gaps(List<List<String>> rows, Set<Id> ids) {
        List<Gap> all = new ArrayList<>();
        Set<Id> hidden = new HashSet<>();
        Map<String, Long> room = new HashMap<>();
        for (List<String> row : rows) {
            String lane = row.getFirst();
            all.add(new Gap(lane, Long.parseLong(row.get(4)), Long.parseLong(row.get(5))));
            boolean isOpen = row.get(3).equals("null");
            long last = isOpen ? Long.parseLong(row.get(2)) - 1 : Long.parseLong(row.get(3));
            if (isOpen) {
                room.merge(lane, (long) Integer.MAX_VALUE, Long::sum);
            }
            for (long sequence = Long.parseLong(row.get(2)); sequence <= last; sequence++) {
                var id = new Id(lane, row.get(1), sequence);
                if (!ids.contains(id) && hidden.add(id)) {
                    room.merge(lane, 1L, Long::sum);
                }
            }
        }
        return new Gaps(all, room);
    }

    /** Those outside any gap's time, and those that are more than the gaps' sequences. */
    private static List<Reading> lost(List<Reading> absent, Gaps gaps) {
        Map<String, Long> room = new HashMap<>(gaps.roomByLane());
        return absent.stream()
                .filter(reading -> gaps.all().stream().noneMatch(gap -> gap.covers(reading))
                        || room.merge(reading.lane(), -1L, Long::sum) < 0)
                .toList();
    }

    boolean isClean() {
        return lost.isEmpty() && doubled.isEmpty() && foreign.isEmpty();
    }

    @Override
    public String toString() {
        return "%s: acknowledged %d, unanswered %d, stored %d, in gaps %d, lost %s, doubled %s, foreign %s"
                .formatted(
                        agent,
                        acknowledged,
                        unanswered,
                        stored,
                        explained,
                        shown(lost),
                        shown(doubled),
                        shown(foreign));
    }

    private static String shown(List<Reading> readings) {
        return readings.size()
                + readings.stream()
                        .limit(SHOWN_MAX)
                        .map(Reading::toString)
                        .map(text -> "%n    %s".formatted(text.substring(0, Math.min(text.length(), CHARS_SHOWN_MAX))))
                        .reduce("", String::concat);
    }
}
