/** The {@code ./millrace} commands: their arguments and their exit codes. */
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
