package io.millrace.store;

import io.millrace.model.wire.Durability;
import java.nio.file.Path;

/**
 * Where the store lives and how much a commit promises.
 *
 * @param dataFolder the data folder of {@code up}: the store uses {@code store/}, {@code log/} and {@code pgpass} in it
 * @param sqlPort port of the read-only SQL door on 127.0.0.1; 0 for any free one
 * @param durability what a commit means: {@code FSYNC} survives a power cut, {@code OS} a crash of the process
 */
public record StoreConfig(Path dataFolder, int sqlPort, Durability durability) {
    public StoreConfig {
        if (sqlPort < 0 || sqlPort > 65_535) {
            throw new IllegalArgumentException("millrace.sql.port is %d, expected 0 to 65535".formatted(sqlPort));
        }
        dataFolder = dataFolder.toAbsolutePath().normalize();
    }
}
