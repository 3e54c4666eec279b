/** The books: which sequences of which stream are stored, dead-lettered, given up or still held by their agent. */
@NullMarked
package io.millrace.store.ledger;

import org.jspecify.annotations.NullMarked;
