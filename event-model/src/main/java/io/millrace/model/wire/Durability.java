package io.millrace.model.wire;

/** What a receipt vouches for. The lower-case name is what travels. */
public enum Durability {
    /** Written and flushed to the disk: survives a power cut. */
    FSYNC,
    /** Handed to the operating system: survives a crash of the process. */
    OS
}
