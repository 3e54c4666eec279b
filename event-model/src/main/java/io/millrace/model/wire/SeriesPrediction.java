package io.millrace.model.wire;

import java.util.Arrays;

/** Guesses which series comes next: the one that followed the present one last time. Encoder and decoder guess alike. */
final class SeriesPrediction {
    private final int[] follower;
    private int seen;
    private int present = -1;

    SeriesPrediction(int seriesCount) {
        follower = new int[seriesCount];
        Arrays.fill(follower, -1);
    }

    int next() {
        if (present >= 0 && follower[present] >= 0) {
            return follower[present];
        }
        return seen < follower.length ? seen : 0;
    }

    void saw(int series) {
        if (present >= 0) {
            follower[present] = series;
        }
        present = series;
        seen = Math.max(seen, series + 1);
    }
}
