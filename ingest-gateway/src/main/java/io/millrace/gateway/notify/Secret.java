package io.millrace.gateway.notify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a password or key is. It is read each time it is used, so a new one needs no restart; it is never in a
 * configuration file, a log or an answer.
 */
sealed interface Secret {
    int BYTES_MAX = 4096;

    /**
     * @return of one character or more; a line's end behind it does not belong to it
     * @throws SecretMissingException if it is not there, cannot be read, is empty or larger than {@value #BYTES_MAX} bytes
     */
    String read() throws SecretMissingException;

    /** The first line and all others of a file. */
    record InFile(Path file) implements Secret {
        @Override
        public String read() throws SecretMissingException {
            try {
                if (Files.size(file) > BYTES_MAX) {
                    throw new SecretMissingException(
                            "secret file %s is larger than %d bytes, expected one line".formatted(file, BYTES_MAX));
                }
                return checked(Files.readString(file).stripTrailing(), "secret file " + file);
            } catch (IOException e) {
                throw new SecretMissingException(
                        "secret file %s cannot be read (%s), expected a file that this user may read"
                                .formatted(file, e.getClass().getSimpleName()));
            }
        }
    }

    /** A variable in the environment of the gateway's process. */
    record InEnvironment(String name) implements Secret {
        @Override
        public String read() throws SecretMissingException {
            String value = System.getenv(name);
            return checked(value == null ? "" : value, "environment variable " + name);
        }
    }

    private static String checked(String value, String where) throws SecretMissingException {
        if (value.isEmpty()) {
            throw new SecretMissingException(where + " is empty or not set, expected the secret in it");
        }
        return value;
    }

    /** The message says where it was looked for, never what was found. */
    final class SecretMissingException extends Exception {
        SecretMissingException(String message) {
            super(message);
        }
    }
}
