/** The words that all modules share: an event, what names it, sets of sequences, and the topics they travel on. */
@NullMarked
package io.millrace.model;

import org.jspecify.annotations.NullMarked;
