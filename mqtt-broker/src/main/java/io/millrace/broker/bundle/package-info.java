/** Puts many small messages for the gateway into one, so that HiveMQ's queue costs once what it would cost for each. */
@NullMarked
package io.millrace.broker.bundle;

import org.jspecify.annotations.NullMarked;
