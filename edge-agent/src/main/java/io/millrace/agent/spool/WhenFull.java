package io.millrace.agent.spool;

/** What happens to new events when the spool is at its limit or the disk has too little room. */
public enum WhenFull {
    /** The oldest segment goes, declared as a gap {@code disk_full}. */
    DROP_OLDEST,
    /** The new events go, declared as a gap {@code disk_full}. */
    DROP_NEWEST,
    /** Nothing goes: {@code append} takes nothing and says {@link AppendResult.Full}; the input waits. */
    BLOCK
}
