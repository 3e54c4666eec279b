/** Joins the pure projections to the store: entries in, rows out, one snapshot in the store's checkpoint. */
@NullMarked
package io.millrace.gateway.project;

import org.jspecify.annotations.NullMarked;
