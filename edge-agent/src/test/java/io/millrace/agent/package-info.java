/** What the agent's process promises. */
@NullMarked
package io.millrace.agent;

import org.jspecify.annotations.NullMarked;
