/** Tests of the whole: real processes on loopback, started as a user starts them. */
@NullMarked
package io.millrace.system;

import org.jspecify.annotations.NullMarked;
