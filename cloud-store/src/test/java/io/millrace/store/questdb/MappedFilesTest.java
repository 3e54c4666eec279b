package io.millrace.store.questdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.questdb.cairo.CairoException;
import io.questdb.std.Files;
import io.questdb.std.MemoryTag;
import io.questdb.std.str.Path;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is flushed leaves the page table first, and nothing else about it changes. */
class MappedFilesTest {
    private static final int PAGES = 16;
    private static final long LENGTH = PAGES * Files.PAGE_SIZE;

    @TempDir
    java.nio.file.Path folder;

    private final MappedFiles files = new MappedFiles();
    private java.nio.file.Path file;
    private long descriptor;
    private long address;
    private MemorySegment mapped;

    @BeforeEach
    @SuppressWarnings("restricted")
    void map() {
        file = folder.resolve("column.d");
        try (Path path = new Path()) {
            descriptor = files.openRW(path.of(file.toString()).$(), 0);
        }
        assertThat(files.allocate(descriptor, LENGTH)).isTrue();
        address = files.mmap(descriptor, LENGTH, 0, Files.MAP_RW, MemoryTag.MMAP_DEFAULT);
        mapped = MemorySegment.ofAddress(address).reinterpret(LENGTH);
    }

    @AfterEach
    void unmap() {
        files.munmap(address, LENGTH, MemoryTag.MMAP_DEFAULT);
        files.close(descriptor);
    }

    /** Into each page. */
    private void write(long value) {
        for (int page = 0; page < PAGES; page++) {
            mapped.set(ValueLayout.JAVA_LONG, page * Files.PAGE_SIZE, value + page);
        }
    }

    private void assertWritten(long value) throws IOException {
        ByteBuffer content =
                ByteBuffer.wrap(java.nio.file.Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        for (int page = 0; page < PAGES; page++) {
            int at = page * (int) Files.PAGE_SIZE;
            assertThat(content.getLong(at)).isEqualTo(value + page);
            assertThat(mapped.get(ValueLayout.JAVA_LONG, at)).isEqualTo(value + page);
        }
    }

    @Test
    void whatWasWrittenStays() throws IOException {
        write(1);
        files.msync(address, LENGTH, false);
        assertWritten(1);
        write(100);
        files.msync(address + Files.PAGE_SIZE, Files.PAGE_SIZE + 8, false);
        assertWritten(100);
    }

    /** Only a flush minds that it is no page which begins there. */
    @Test
    void itIsReallyFlushed() {
        assertThatExceptionOfType(CairoException.class).isThrownBy(() -> files.msync(address + 1, 8, false));
    }

    /** How the kernel says it is in proc(5): {@code Rss} of the mapping, in KiB. */
    private long residentPages() throws IOException {
        List<String> lines = java.nio.file.Files.readAllLines(java.nio.file.Path.of("/proc/self/smaps"));
        int mapping = lines.indexOf(lines.stream()
                .filter(line -> line.startsWith(Long.toHexString(address) + "-"))
                .findFirst()
                .orElseThrow());
        String resident = lines.subList(mapping, lines.size()).stream()
                .filter(line -> line.startsWith("Rss:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(resident.replaceAll("\\D", "")) * 1024 / Files.PAGE_SIZE;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatIsFlushedLeavesThePageTable() throws IOException {
        write(1);
        assertThat(residentPages()).isEqualTo(PAGES);
        files.msync(address, LENGTH / 2, false);
        assertThat(residentPages()).isEqualTo(PAGES / 2);
    }
}
