package io.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What this process has written so far, as Linux counts it (proc(5), {@code io}).
 *
 * @param passed bytes handed to {@code write} and its like, to whatever file
 * @param device bytes of pages made dirty, which have to go to a device; the file system's own journal not counted
 */
record ProcessWrites(long passed, long device) {
    /** @throws IOException if this is no Linux */
    static ProcessWrites now() throws IOException {
        List<String> io = Files.readAllLines(Path.of("/proc/self/io"));
        return new ProcessWrites(bytes(io, "wchar:"), bytes(io, "write_bytes:"));
    }

    ProcessWrites since(ProcessWrites earlier) {
        return new ProcessWrites(passed - earlier.passed, device - earlier.device);
    }

    /** Bytes written for each byte of payload. */
    record PerByte(double passed, double device) {}

    PerByte per(long payloadBytes) {
        return new PerByte((double) passed / payloadBytes, (double) device / payloadBytes);
    }

    private static long bytes(List<String> io, String field) throws IOException {
        for (String line : io) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.substring(field.length()).strip());
            }
        }
        throw new IOException("/proc/self/io tells no " + field);
    }
}
