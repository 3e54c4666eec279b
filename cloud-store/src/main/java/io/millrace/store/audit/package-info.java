/** The proof: what the ledger says, counted again in the store. */
@NullMarked
package io.millrace.store.audit;

import org.jspecify.annotations.NullMarked;
