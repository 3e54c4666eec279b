package io.millrace.cli.api;

import io.millrace.cli.CommandException;
import java.io.PrintStream;
import java.util.Map;

/** Has what will never come declared as a gap, and says what that was. */
public final class Closing {
    private final GatewayClient gateway;
    private final PrintStream out;
    private final boolean json;

    /**
     * @param out gets the answer
     * @param json as the gateway gave it, one object
     */
    public Closing(GatewayClient gateway, PrintStream out, boolean json) {
        this.gateway = gateway;
        this.out = out;
        this.json = json;
    }

    /**
     * @param filter whose epochs, and the reason
     * @return whether nothing of these epochs is left unexplained
     * @throws CommandException if nothing matches
     */
    public boolean close(Filter filter) throws CommandException, InterruptedException {
        String text = gateway.post("ledger/close" + filter.query());
        var answer = Answer.of(text);
        long left = answer.number("left");
        if (json) {
            out.println(text.strip());
        } else {
            for (Map<?, ?> epoch : answer.maps("closed")) {
                out.printf(
                        "closed %s/%s/%s epoch %s: %s missing, %s waiting%n",
                        epoch.get("site"),
                        epoch.get("agent"),
                        epoch.get("lane"),
                        epoch.get("epoch"),
                        epoch.get("missing"),
                        epoch.get("waiting"));
            }
            if (left > 0) {
                out.printf("left: %d readings; ./millrace audit says where%n", left);
            }
        }
        return left == 0;
    }
}
