package io.millrace.model.yaml;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the word that someone meant. */
final class Spelling {
    private static final int WORD_LENGTH_MAX = 40;

    private Spelling() {}

    /** The known word that is near enough to be meant, or null. Case, {@code _} and {@code -} make no difference. */
    static @Nullable String nearest(String word, Collection<String> known) {
        String nearest = null;
        int best = Math.max(1, (word.length() + 2) / 3) + 1;
        for (String candidate : known) {
            int distance = distance(plain(word), plain(candidate));
            if (distance < best) {
                best = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    private static String plain(String word) {
        String shortened = word.length() > WORD_LENGTH_MAX ? word.substring(0, WORD_LENGTH_MAX) : word;
        return shortened.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Levenshtein distance, by the two-row method. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(row[j - 1], previous[j]));
            }
            int[] spare = previous;
            previous = row;
            row = spare;
        }
        return previous[b.length()];
    }
}
