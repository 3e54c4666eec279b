package io.millrace.gateway.notify;

import jakarta.mail.Address;
import jakarta.mail.internet.InternetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Of one mail: which addresses have it, which refused it for ever, and which are open still. */
final class Recipients {
    private final Set<Address> open = new LinkedHashSet<>();
    private final List<Address> reached = new ArrayList<>();
    private final Map<Address, String> refused = new LinkedHashMap<>();

    /** All are open. */
    Recipients(List<String> to) {
        for (String text : to) {
            var address = new InternetAddress();
            address.setAddress(text);
            open.add(address);
        }
    }

    /** A copy. */
    List<Address> open() {
        return List.copyOf(open);
    }

    void reached(List<Address> by) {
        reached.addAll(by);
        by.forEach(open::remove);
    }

    void refused(Address by, String reply) {
        refused.put(by, reply);
        open.remove(by);
    }

    boolean isUntried() {
        return reached.isEmpty() && refused.isEmpty();
    }

    boolean allReached() {
        return open.isEmpty() && refused.isEmpty();
    }

    /** What is not open any more, for people. */
    @Override
    public String toString() {
        String have = reached.stream().map(Address::toString).collect(Collectors.joining(", "));
        return (refused.isEmpty() ? "" : "refused for ever by " + words(refused))
                + (refused.isEmpty() || reached.isEmpty() ? "" : "; ")
                + (reached.isEmpty() ? "" : have + (reached.size() == 1 ? " has it" : " have it"));
    }

    /** Those with the same reply together. */
    static String words(Map<Address, String> replies) {
        Map<String, List<String>> byReply = new LinkedHashMap<>();
        replies.forEach((to, reply) ->
                byReply.computeIfAbsent(reply, _ -> new ArrayList<>()).add(to.toString()));
        return byReply.entrySet().stream()
                .map(e -> "%s (%s)".formatted(String.join(", ", e.getValue()), e.getKey()))
                .collect(Collectors.joining(", "));
    }
}
