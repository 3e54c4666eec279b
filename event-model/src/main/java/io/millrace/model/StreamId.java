package io.millrace.model;

/**
 * Who numbers events: one lane of an agent during one epoch. A new epoch begins at every start of an agent, so that a
 * sequence which was lost unsynced at a power cut is never given twice.
 *
 * @param lane priority class with its own spool and sequence, such as {@code alarm}; {@value #PLAIN} for plain devices
 * @param epoch random, 0 to 2^63-1
 */
public record StreamId(String site, String agent, String lane, long epoch) {
    /** The lane of devices that publish by themselves, without an agent. */
    public static final String PLAIN = "plain";

    public StreamId {
        Names.check("site", site);
        Names.check("agent", agent);
        Names.check("lane", lane);
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch is %d, expected 0 or more".formatted(epoch));
        }
    }

    @Override
    public int hashCode() {
        int source = HashCodes.mixed(site.hashCode(), agent.hashCode());
        return HashCodes.mixed(HashCodes.mixed(source, lane.hashCode()), Long.hashCode(epoch));
    }
}
