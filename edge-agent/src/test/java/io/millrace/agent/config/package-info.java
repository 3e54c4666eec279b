/** What an operator is told. */
@NullMarked
package io.millrace.agent.config;

import org.jspecify.annotations.NullMarked;
