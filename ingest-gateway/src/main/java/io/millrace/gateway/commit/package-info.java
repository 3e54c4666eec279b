/** The commit loop: takes admitted messages, appends them to the log with one commit, then answers. */
@NullMarked
package io.millrace.gateway.commit;

import org.jspecify.annotations.NullMarked;
