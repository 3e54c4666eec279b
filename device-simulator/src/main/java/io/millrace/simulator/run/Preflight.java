package io.millrace.simulator.run;

import io.millrace.simulator.mqtt.Connections;
import io.millrace.simulator.mqtt.MqttConnection;
import io.millrace.simulator.verify.SqlAddress;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Checks before a run that what it needs is there, so that a wrong address is told at once. */
final class Preflight {
    private Preflight() {}

    /** Does nothing if the proof needs no store. */
    static void checkStore(Proof proof) throws UnreachableException {
        if (proof instanceof Proof.Store(SqlAddress address, URI _)) {
            try (Connection connection = address.connect()) {
                connection
                        .createStatement()
                        .executeQuery("SELECT count() FROM events LIMIT 1")
                        .close();
            } catch (SQLException | IOException e) {
                throw new UnreachableException(
                        "store %s cannot be asked: %s. Is ./millrace up running? Its sql line goes with --sql"
                                .formatted(address, SqlAddress.reason(e)));
            }
        }
    }

    /** Connects once, with the certificate of the first device. */
    static void checkBroker(Plan plan, Connections connections, LongSupplier nanoTime) throws UnreachableException {
        var answer = new CompletableFuture<String>();
        String id = plan.population().site() + "/probe-" + Long.toHexString(nanoTime.getAsLong());
        String device = plan.population().unitNames().findFirst().orElse("");
        var probe = connections.open(
                new MqttConnection.Client(id, device, MqttConnection.Version.V5, 60), new MqttConnection.Listener() {
                    @Override
                    public void connected(MqttConnection of, int receiveMaximum) {
                        answer.complete("");
                    }

                    @Override
                    public void acknowledged(int packetId, int reasonCode) {}

                    @Override
                    public void lost(String reason) {
                        answer.complete(reason);
                    }
                });
        String trouble = answer.completeOnTimeout("no answer within 10 s", 10, TimeUnit.SECONDS)
                .join();
        probe.disconnect();
        if (!trouble.isEmpty()) {
            throw new UnreachableException("broker %s cannot be used: %s. %s"
                    .formatted(
                            plan.broker(), trouble, hint(trouble, plan.broker().host())));
        }
    }

    private static String hint(String trouble, String host) {
        if (trouble.startsWith("TLS")) {
            return "Its certificate must lead to one in --ca, or that Java trusts, and name " + host
                    + "; if it asks for ours, that goes with --client-cert and --client-key";
        }
        return "Does a broker run there? ./millrace up starts ours; another goes with --mqtt, a login with --user and"
                + " --password-file";
    }
}
