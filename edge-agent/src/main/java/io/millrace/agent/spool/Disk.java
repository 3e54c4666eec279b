package io.millrace.agent.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * What the spool needs of a file system. Every operation may fail with an {@link IOException}, which the spool survives.
 * What was written or renamed survives a power cut only once its file and its directory were forced.
 */
interface Disk {
    void createDirectories(Path directory) throws IOException;

    /** The names of the directory's files and folders, in no order; none if it is not there. */
    List<String> list(Path directory) throws IOException;

    /** Makes a new, empty file to append to and to read. Fails if it is there already. */
    DiskFile create(Path file) throws IOException;

    /** Opens a file that is there: to read, to cut, to append. */
    DiskFile open(Path file) throws IOException;

    /** Deletes a file, or an empty folder. */
    void delete(Path file) throws IOException;

    /** Renames in one step, over a file that is there. */
    void rename(Path from, Path to) throws IOException;

    /** Makes creations, renames and deletions in the directory survive a power cut. */
    void forceDirectory(Path directory) throws IOException;

    /** Bytes that may still be written to the directory's file system. */
    long freeBytes(Path directory) throws IOException;

    /** An open file. */
    interface DiskFile extends Closeable {
        /** Writes all of it at the end; after a failure a part may be there. */
        void append(ByteBuffer bytes) throws IOException;

        /** Reads until the buffer or the file ends; returns how many bytes that were. */
        int read(ByteBuffer into, long offset) throws IOException;

        /** Makes all that was written survive a power cut. */
        void force() throws IOException;

        /** Cuts the file off. */
        void truncate(long bytes) throws IOException;

        long size() throws IOException;
    }
}
