/** {@code ./millrace up}: starts broker, gateway and demo agent, keeps them running, and takes them down again. */
@NullMarked
package io.millrace.cli.up;

import org.jspecify.annotations.NullMarked;
