/** An agent on a gateway box: inputs, spool, uplink. */
@NullMarked
package io.millrace.agent;

import org.jspecify.annotations.NullMarked;
