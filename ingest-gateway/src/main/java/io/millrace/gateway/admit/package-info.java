/** Judges each message and each event before it is logged; the verdict is logged with it and never recomputed. */
@NullMarked
package io.millrace.gateway.admit;

import org.jspecify.annotations.NullMarked;
