/** Keeps accepted events on disk until a receipt says that they are safe elsewhere, and declares every one it gives up. */
@NullMarked
package io.millrace.agent.spool;

import org.jspecify.annotations.NullMarked;
