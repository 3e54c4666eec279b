/** Tries rules on what is logged: when they would have fired, and how that differs from what did. */
@NullMarked
package io.millrace.gateway.backtest;

import org.jspecify.annotations.NullMarked;
