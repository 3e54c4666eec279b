/** Health that speaks of progress: a process that lives but does not get on is not healthy. */
@NullMarked
package io.millrace.gateway.health;

import org.jspecify.annotations.NullMarked;
