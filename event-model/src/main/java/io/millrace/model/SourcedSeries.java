package io.millrace.model;

import org.jspecify.annotations.Nullable;

/** A series and whose it is: a key that is the same for as long as the names are. */
public record SourcedSeries(String site, String agent, Series series) {
    // By hand for the reason given in Series, and since names that count up together, as those of an agent and of its
    // devices do, would often have the same hash code as a record.

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof SourcedSeries(String s, String a, Series of)
                        && series.equals(of)
                        && agent.equals(a)
                        && site.equals(s));
    }

    @Override
    public int hashCode() {
        return HashCodes.mixed(HashCodes.mixed(site.hashCode(), agent.hashCode()), series.hashCode());
    }
}
