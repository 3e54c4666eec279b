package io.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory of a process as Linux counts it.
 *
 * @param anonymousMib its own pages: heap, stacks, native memory; not the files it maps
 * @param residentMib all that is in memory
 */
record ProcessMemory(double anonymousMib, double residentMib) {
    /** @throws IOException if there is no such process, or this is no Linux */
    static ProcessMemory of(long pid) throws IOException {
        List<String> status = Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"));
        return new ProcessMemory(mib(status, "RssAnon:"), mib(status, "VmRSS:"));
    }

    private static double mib(List<String> status, String field) throws IOException {
        for (String line : status) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IOException("/proc tells no " + field);
    }
}
