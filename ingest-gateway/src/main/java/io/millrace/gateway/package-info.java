/** The cloud side in one process: wires the log, the read models, the projections, the API and the pages. */
@NullMarked
package io.millrace.gateway;

import org.jspecify.annotations.NullMarked;
