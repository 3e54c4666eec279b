/** The log: the only truth on the cloud side, one entry for each message that was taken in. */
@NullMarked
package io.millrace.store.log;

import org.jspecify.annotations.NullMarked;
