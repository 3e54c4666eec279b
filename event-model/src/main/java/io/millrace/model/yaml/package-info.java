/** Reads YAML configuration without trusting it: typed values, and every mistake with its place, all in one go. */
@NullMarked
package io.millrace.model.yaml;

import org.jspecify.annotations.NullMarked;
