/** Everything that is derived from the log: one fold in position order, and a checkpoint of what it has come to. */
@NullMarked
package io.millrace.store.derive;

import org.jspecify.annotations.NullMarked;
