package io.millrace.agent.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What the spool takes from the machine.
 *
 * @param clock wall clock, for what people read
 * @param nanoTime monotonic clock, for limits
 * @param random draws epochs
 * @param bootId of the running kernel, nil if it is not known
 */
record SpoolEnvironment(Disk disk, InstantSource clock, LongSupplier nanoTime, RandomGenerator random, UUID bootId) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    static SpoolEnvironment ofMachine(InstantSource clock) {
        return new SpoolEnvironment(new NioDisk(), clock, System::nanoTime, new SecureRandom(), bootIdOfMachine());
    }

    SpoolEnvironment with(Disk otherDisk) {
        return new SpoolEnvironment(otherDisk, clock, nanoTime, random, bootId);
    }

    /** Linux draws one at each boot (random(4)); elsewhere an unclean stop is taken for a power cut. */
    private static UUID bootIdOfMachine() {
        try {
            return UUID.fromString(Files.readString(BOOT_ID).strip());
        } catch (IOException | IllegalArgumentException _) {
            return new UUID(0, 0);
        }
    }

    long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }
}
