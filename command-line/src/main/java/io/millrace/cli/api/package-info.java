/** What the commands ask of the gateway over HTTP, and how they show the answers. */
@NullMarked
package io.millrace.cli.api;

import org.jspecify.annotations.NullMarked;
