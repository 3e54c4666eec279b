package io.millrace.store.questdb;

import io.questdb.std.FilesFacadeImpl;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * QuestDB's files, flushed in a quarter of the time on Linux. To flush a mapped file the kernel makes each page that was
 * written to read-only again, and has every processor that runs this process forget the page, one at a time; which is dear
 * where the processors are virtual. Taken out of the page table at once beforehand, all pages of a flush need that once.
 * They stay dirty in the page cache, so the flush writes them as before, and whoever touches one gets it back.
 */
class MappedFiles extends FilesFacadeImpl {
    /** {@code MADV_DONTNEED} of Linux. QuestDB's own way to give advice is {@code posix_madvise}, which does nothing here. */
    private static final int DONT_NEED = 4;

    private static final Optional<MethodHandle> MADVISE = madvise();

    @SuppressWarnings("restricted")
    private static Optional<MethodHandle> madvise() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.empty(); // elsewhere it may mean something else
        }
        var type = FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT);
        try {
            Linker linker = Linker.nativeLinker();
            return linker.defaultLookup().find("madvise").map(address -> linker.downcallHandle(address, type));
        } catch (RuntimeException e) {
            return Optional.empty(); // this Java may not call native functions: slower, and as safe
        }
    }

    @Override
    public void msync(long address, long length, boolean async) {
        if (!async && MADVISE.isPresent()) {
            forget(MADVISE.get(), address, length);
        }
        super.msync(address, length, async);
    }

    /**
     * QuestDB maps all its files shared, and flushes no more than what it mapped, so nothing is lost by it; memory that is of
     * no file would be emptied. That the kernel may refuse it costs time only.
     */
    private static void forget(MethodHandle madvise, long address, long length) {
        try {
            int ignored = (int) madvise.invokeExact(address, length, DONT_NEED);
        } catch (Throwable e) {
            throw new IllegalStateException("madvise cannot be called: " + e.getMessage(), e);
        }
    }
}
