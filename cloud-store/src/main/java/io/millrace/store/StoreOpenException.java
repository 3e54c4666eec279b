package io.millrace.store;

/** Why a store could not be opened; the message says where, what and what to do next. */
public abstract sealed class StoreOpenException extends Exception {
    private StoreOpenException(String message) {
        super(message);
    }

    private StoreOpenException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Another process, or another part of this one, has this data folder open. */
    public static final class InUse extends StoreOpenException {
        public InUse(String message) {
            super(message);
        }
    }

    /** A newer version of the software has written this data folder. */
    public static final class Newer extends StoreOpenException {
        public Newer(String message) {
            super(message);
        }
    }

    /** The port is taken, the disk cannot be written, or the tables do not come up. */
    public static final class Failed extends StoreOpenException {
        public Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
