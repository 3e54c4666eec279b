/** Where events come from: this machine's figures, files, and programs that post; each hands them to the spool. */
@NullMarked
package io.millrace.agent.input;

import org.jspecify.annotations.NullMarked;
