/** What inputs promise. */
@NullMarked
package io.millrace.agent.input;

import org.jspecify.annotations.NullMarked;
