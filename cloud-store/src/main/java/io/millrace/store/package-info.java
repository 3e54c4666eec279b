/** The cloud side's store: opens the log, the ledger and the read models of one data folder as one thing. */
@NullMarked
package io.millrace.store;

import org.jspecify.annotations.NullMarked;
