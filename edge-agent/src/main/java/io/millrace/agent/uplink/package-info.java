/** Ships what the spool holds over MQTT until the gateway's receipts cover it. */
@NullMarked
package io.millrace.agent.uplink;

import org.jspecify.annotations.NullMarked;
