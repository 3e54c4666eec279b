package io.millrace.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told, over kills, restarts, rebuilds and changed rules, by a real notifier on a real store to a real receiver. */
class NotifierTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path data;

    private void configure(Receiver receiver, String groupBy) throws Exception {
        Files.writeString(data.resolve("notify.yaml"), """
                channels:
                  - {name: hook, type: webhook, url: "%s"}
                routes:
                  - {name: all, to: [hook], group-by: [%s], group-wait: 0s}
                """.formatted(receiver.url(), groupBy));
    }

    /** What the next request tells: device and what became of its alert. */
    private static Map<String, String> next(Receiver receiver) throws Exception {
        return told(receiver.await());
    }

    private static Map<String, String> told(Receiver.Request request) throws Exception {
        var told = new HashMap<String, String>();
        for (JsonNode alert : JSON.readTree(request.body()).get("alerts")) {
            told.put(
                    alert.get("rule").asText() + " " + alert.get("device").asText(),
                    alert.get("change").asText() + " " + alert.get("state").asText());
        }
        return told;
    }

    @Test
    void tellsOnceWhateverIsKilledWhen() throws Exception {
        try (var receiver = new Receiver()) {
            configure(receiver, "rule");

            // Killed between the raise and any look at it; one of the alerts is over by then.
            life("raise", process -> {
                String line = process.inputReader().readLine();
                assertThat(line).isEqualTo("raised");
            });

            // Killed when the receiver has it and the gateway does not know.
            receiver.answering(_ -> {});
            Receiver.Request first = life("notify", receiver);
            assertThat(told(first)).isEqualTo(Map.of("hot a", "raised cleared", "hot b", "raised open"));

            // Killed after the receiver could not take it.
            receiver.answering(Receiver.Answer.status(503));
            Receiver.Request second = life("notify", receiver);
            assertThat(second.key()).isEqualTo(first.key());
            assertThat(second.body()).isEqualTo(first.body());

            receiver.answering(Receiver.Answer.status(204));
            try (var store = new NotifyingStore(data, NotifyingStore.HOT).notifying()) {
                assertThat(receiver.await()).isEqualTo(first);
                store.await(view -> view.channels().getFirst().delivered() == 1);
            }

            // Neither a restart nor a rebuild tells it again: the next thing told is the next thing that happens.
            try (var store = new NotifyingStore(data, NotifyingStore.HOT).notifying()) {
                store.rebuild();
                store.reading("c", 90);
                Receiver.Request last = receiver.await();
                assertThat(last.key()).isNotEqualTo(first.key());
                assertThat(told(last)).isEqualTo(Map.of("hot c", "raised open"));
                store.reading("b", 60);
                assertThat(next(receiver)).isEqualTo(Map.of("hot b", "cleared cleared"));
            }
        }
    }

    @Test
    void otherRulesTellWhatIsOpenNowAndNothingOfThePast() throws Exception {
        try (var receiver = new Receiver()) {
            configure(receiver, "rule");
            try (var store = new NotifyingStore(data, NotifyingStore.HOT).notifying()) {
                store.reading("a", 90);
                assertThat(next(receiver)).isEqualTo(Map.of("hot a", "raised open"));
                store.reading("a", 60);
                assertThat(next(receiver)).isEqualTo(Map.of("hot a", "cleared cleared"));
                store.reading("b", 90);
                assertThat(next(receiver)).isEqualTo(Map.of("hot b", "raised open"));
                store.await(view -> view.channels().getFirst().delivered() == 3);
            }
            String other =
                    NotifyingStore.HOT.replace("name: hot", "name: blip").replace("device: \"*\"", "device: a") + """
                      - name: warm
                        on: {device: a, metric: temp}
                        when: {above: 50}
                        severity: minor
                    """;
            try (var store = new NotifyingStore(data, other).notifying()) {
                store.reading("clock", 20);
                var both = new HashMap<>(next(receiver));
                both.putAll(next(receiver));
                assertThat(both).isEqualTo(Map.of("hot b", "cleared cleared", "warm a", "raised open"));
                store.reading("a", 91);
                assertThat(next(receiver)).isEqualTo(Map.of("blip a", "raised open"));
            }
        }
    }

    @Test
    void tellsWhatIsOpenWhenItIsConfiguredAndWhatLateDataBringsOnlyWhenThePresentConfirmsIt() throws Exception {
        try (var receiver = new Receiver()) {
            Files.writeString(data.resolve("notify.yaml"), "channels: []\n");
            try (var store = new NotifyingStore(data, NotifyingStore.HOT).notifying()) {
                store.reading("a", 90);
                store.reading("a", 60);
                store.reading("b", 90);
            }
            configure(receiver, "device");
            try (var store = new NotifyingStore(data, NotifyingStore.HOT).notifying()) {
                store.reading("clock", 20);
                assertThat(next(receiver)).isEqualTo(Map.of("hot b", "raised open"));
                store.reading("late", 95, true);
                store.reading("c", 95);
                assertThat(next(receiver)).isEqualTo(Map.of("hot c", "raised open"));
                assertThat(receiver.isIdle()).isTrue();
                store.await(view -> view.channels().getFirst().delivered() == 2);
            }
            try (var store = new NotifyingStore(data, NotifyingStore.HOT).notifying()) {
                store.reading("late", 79);
                assertThat(next(receiver)).isEqualTo(Map.of("hot late", "raised open"));
                store.reading("late", 60);
                assertThat(next(receiver)).isEqualTo(Map.of("hot late", "cleared cleared"));
            }
        }
    }

    @Test
    void oneChannelThatIsAwayHoldsUpNoOther() throws Exception {
        var never = new CountDownLatch(1);
        try (var stuck = new Receiver().answering(_ -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                var receiver = new Receiver()) {
            Files.writeString(data.resolve("notify.yaml"), """
                    channels:
                      - {name: stuck, type: webhook, url: "%s"}
                      - {name: hook, type: webhook, url: "%s"}
                    routes:
                      - {name: all, to: [stuck, hook], group-by: [device], group-wait: 0s}
                    """.formatted(stuck.url(), receiver.url()));
            try (var store = new NotifyingStore(data, NotifyingStore.HOT).notifying()) {
                for (String device : new String[] {"a", "b", "c"}) {
                    store.reading(device, 90);
                    assertThat(next(receiver)).isEqualTo(Map.of("hot " + device, "raised open"));
                }
                NotificationsView view = store.await(v -> v.channels().getLast().delivered() == 3);
                assertThat(view.channels().getFirst().pending()).isEqualTo(3);
                assertThat(view.channels().getLast().pending()).isZero();
                assertThat(view.recent()).hasSize(3).allMatch(d -> d.state().equals("delivered"));
            } finally {
                never.countDown();
            }
        }
    }

    /** What is done with a process before it gets SIGKILL. */
    @FunctionalInterface
    private interface Life {
        void with(Process process) throws Exception;
    }

    /** Lives until the receiver has a request; gives that. */
    private Receiver.Request life(String what, Receiver receiver) throws Exception {
        var requests = new java.util.ArrayList<Receiver.Request>();
        life(what, _ -> requests.add(receiver.await()));
        return requests.getFirst();
    }

    private void life(String what, Life life) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        data.toString(),
                        what)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            life.with(process);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** A gateway's store, engine and notifier; raises alerts with the notifier off, or notifies. */
    static final class Victim {
        public static void main(String[] args) throws Exception {
            var store = new NotifyingStore(Path.of(args[0]), NotifyingStore.HOT).notifying();
            if (args[1].equals("raise")) {
                store.reading("b", 20);
                store.await(view -> Files.exists(Path.of(args[0], "notify", "outbox")));
                store.notNotifying();
                store.reading("a", 90);
                store.reading("a", 60);
                store.reading("b", 90);
                System.out.println("raised");
            }
            new CountDownLatch(1).await();
        }
    }
}
