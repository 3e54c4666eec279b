/** A small port to read the store's tables with bind variables. */
@NullMarked
package io.millrace.store.sql;

import org.jspecify.annotations.NullMarked;
