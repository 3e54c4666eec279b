/** The HTTP interface under {@code /api/v1}: reads the store, and guards everything that is served against strangers. */
@NullMarked
package io.millrace.gateway.api;

import org.jspecify.annotations.NullMarked;
