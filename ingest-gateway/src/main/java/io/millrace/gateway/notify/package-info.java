/** Tells people of alerts, by webhook and e-mail: at least once, whatever is killed in between. */
@NullMarked
package io.millrace.gateway.notify;

import org.jspecify.annotations.NullMarked;
