package io.millrace.gateway.commit;

import io.millrace.gateway.admit.Admitted.Address;
import io.millrace.model.wire.Receipt;

/** Sends receipts to agents. A receipt that is lost does no harm: the agent sends again and gets another. */
@FunctionalInterface
public interface Receipts {
    /** Never blocks; drops the receipt if too many wait already. */
    void send(Address to, Receipt receipt);
}
