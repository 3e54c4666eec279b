package io.millrace.store.derive;

/**
 * A stretch of the log.
 *
 * @param first position of its first entry, 1 or more
 * @param last position of its last entry; less than {@code first} if it has none
 * @param events readings in it, repeats included
 */
public record LogSpan(long first, long last, long events) {
    public static final LogSpan EMPTY = new LogSpan(1, 0, 0);

    public long entries() {
        return last - first + 1;
    }
}
