package io.millrace.projections;

import io.millrace.model.Series;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The series of one agent, by name: a hash table with linear probing, since an object for each entry costs 32 bytes. */
final class SeriesTable {
    /** A power of two of places, at most two thirds taken. */
    private SeriesState[] places = new SeriesState[2];

    private int count;

    @Nullable
    SeriesState get(Series name) {
        return places[placeOf(name)];
    }

    /** Adds one that is not there yet. */
    void add(SeriesState state) {
        if (3 * (count + 1) > 2 * places.length) {
            SeriesState[] old = places;
            places = new SeriesState[2 * old.length];
            for (SeriesState s : old) {
                if (s != null) {
                    places[placeOf(s.series)] = s;
                }
            }
        }
        places[placeOf(state.series)] = state;
        count++;
    }

    /** In no particular order. */
    void forEach(Consumer<SeriesState> each) {
        for (SeriesState state : places) {
            if (state != null) {
                each.accept(state);
            }
        }
    }

    /** Where it is, or is to be. */
    private int placeOf(Series name) {
        int hash = name.hashCode();
        int mask = places.length - 1;
        int i = (hash ^ hash >>> 16) & mask;
        while (places[i] != null && !places[i].series.equals(name)) {
            i = i + 1 & mask;
        }
        return i;
    }
}
