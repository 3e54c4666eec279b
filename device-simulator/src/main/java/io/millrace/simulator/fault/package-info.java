/** What goes wrong on purpose: when, for whom and how badly, as pure functions of a seed. */
@NullMarked
package io.millrace.simulator.fault;

import org.jspecify.annotations.NullMarked;
