package io.millrace.model;

import java.nio.charset.StandardCharsets;

/**
 * The rule for the names of sites, agents, devices, metrics and lanes. They become levels of MQTT topics, so the
 * characters that have a meaning there are not allowed (MQTT 5.0, section 4.7).
 */
public final class Names {
    /** Longest name, in bytes of UTF-8. */
    public static final int BYTES_MAX = 64;

    private Names() {}

    /**
     * Checks a name that is one level of a topic.
     *
     * @param what what the name is of, for the message: {@code "site"}
     * @return the name, unchanged
     * @throws IllegalArgumentException if it is empty, longer than {@value #BYTES_MAX} bytes, or holds {@code /},
     *     {@code +}, {@code #}, a control character or half of a surrogate pair
     */
    public static String check(String what, String name) {
        return check(what, name, false);
    }

    /** Like {@link #check}, for a device or metric behind an agent: {@code /} is allowed there. */
    public static String checkPath(String what, String name) {
        return check(what, name, true);
    }

    private static String check(String what, String name, boolean slashAllowed) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("%s is empty, expected a name".formatted(what));
        }
        boolean plainAscii = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '+'
                    || c == '#'
                    || (c == '/' && !slashAllowed)
                    || Character.isISOControl(c)
                    || isLoneSurrogate(name, i)) {
                throw new IllegalArgumentException(
                        "%s holds U+%04X at character %d, expected none of %s+ # or control characters"
                                .formatted(what, (int) c, i + 1, slashAllowed ? "" : "/ "));
            }
            plainAscii &= c < 0x80;
        }
        int bytes = plainAscii ? name.length() : name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "%s is %d bytes long, expected at most %d".formatted(what, bytes, BYTES_MAX));
        }
        return name;
    }

    private static boolean isLoneSurrogate(String name, int i) {
        char c = name.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == name.length() || !Character.isLowSurrogate(name.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(name.charAt(i - 1)));
    }
}
