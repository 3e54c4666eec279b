/** Windows, rules and alerts: pure functions over the log, without a clock or a thread. */
@NullMarked
package io.millrace.projections;

import org.jspecify.annotations.NullMarked;
